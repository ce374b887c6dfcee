using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Formats;

/// <summary>Writes records in one of the formats. For one thread at a time; <see cref="Flush"/> after a batch of them.</summary>
/// <param name="output">Left open.</param>
/// <param name="keySeparator">Between key and value in text; null leaves the key out.</param>
internal sealed class RecordPrinter(Stream output, RecordFormat format, string? keySeparator)
{
    private static readonly JsonWriterOptions _json = new() { Encoder = OutputJson.Compact.Options.Encoder };

    private readonly byte[]? _separator = keySeparator is null ? null : Encoding.UTF8.GetBytes(keySeparator);
    private readonly BufferedStream _output = new(output, 64 * 1024);

    public void Print(IncomingRecord record)
    {
        switch (format)
        {
            case RecordFormat.Json:
                using (var writer = new Utf8JsonWriter(_output, _json))
                {
                    JsonSerializer.Serialize(writer, RecordLine.Of(record), OutputJson.Compact.RecordLine);
                }

                break;
            case RecordFormat.Hex:
                _output.Write(Encoding.ASCII.GetBytes(Hex(record)));
                break;
            default:
                if (_separator is not null)
                {
                    _output.Write(record.Key ?? []);
                    _output.Write(_separator);
                }

                _output.Write(record.Value ?? []);
                break;
        }

        _output.WriteByte((byte)'\n');
    }

    public void Flush() => _output.Flush();

    private static string Hex(IncomingRecord record)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{record.Partition}@{record.Offset} key={HexOf(record.Key)} value={HexOf(record.Value)}");
        foreach (var header in record.Headers)
        {
            text.Append(CultureInfo.InvariantCulture, $" header={HexOf(Encoding.UTF8.GetBytes(header.Key))}:{HexOf(header.Value?.ToArray())}");
        }

        return text.ToString();
    }

    private static string HexOf(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexStringLower(bytes);
}
