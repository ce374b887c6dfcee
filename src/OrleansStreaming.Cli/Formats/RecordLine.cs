using System.Text;
using OrleansStreaming.Cli.Clusters;

namespace OrleansStreaming.Cli.Formats;

/// <summary>
/// A record as one line of JSON; what <c>consume --format json</c> writes, <c>produce --format json</c> reads. Bytes that are not
/// UTF-8 stand in the field whose name ends with Base64 instead; neither is there for null.
/// </summary>
internal sealed record RecordLine(
    string Topic,
    int Partition,
    long Offset,
    long Timestamp,
    string? Key,
    string? KeyBase64,
    string? Value,
    string? ValueBase64,
    IReadOnlyList<HeaderLine>? Headers)
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static RecordLine Of(IncomingRecord record)
    {
        var (key, keyBase64) = Texts(record.Key);
        var (value, valueBase64) = Texts(record.Value);
        return new RecordLine(
            record.Partition.Topic,
            record.Partition.Partition,
            record.Offset.Value,
            record.Timestamp,
            key,
            keyBase64,
            value,
            valueBase64,
            record.Headers.Count == 0 ? null : [.. record.Headers.Select(header => Header(header.Key, header.Value?.ToArray()))]);
    }

    private static HeaderLine Header(string name, byte[]? value)
    {
        var (text, base64) = Texts(value);
        return new HeaderLine(name, text, base64);
    }

    private static (string? Text, string? Base64) Texts(byte[]? bytes)
    {
        if (bytes is null)
        {
            return default;
        }

        try
        {
            return (_strict.GetString(bytes), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, Convert.ToBase64String(bytes));
        }
    }
}

/// <summary>A header of a <see cref="RecordLine"/>.</summary>
internal sealed record HeaderLine(
    string Name, string? Value, string? ValueBase64);
