using System.Text;
using System.Text.Json;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Cli.Formats;

/// <summary>From lines to records.</summary>
/// <param name="keySeparator">Ends the key of a text line; null when lines have no key.</param>
/// <param name="key">The key of records that do not bring their own; null for none.</param>
/// <param name="headers">Added to every record.</param>
/// <param name="partition">Of records that do not name their own; null lets the key decide.</param>
internal sealed class RecordParser(
    string topic, RecordFormat format, string? keySeparator, byte[]? key, IReadOnlyList<RecordHeader> headers, int? partition)
{
    private readonly byte[]? _separator = keySeparator is null ? null : Encoding.UTF8.GetBytes(keySeparator);

    /// <exception cref="UsageException">The line is not of the format.</exception>
    public OutgoingRecord Parse(byte[] line, long number) => format == RecordFormat.Json ? ParseJson(line, number) : ParseText(line, number);

    private OutgoingRecord ParseText(byte[] line, long number)
    {
        if (_separator is null)
        {
            return new OutgoingRecord(topic, key, line, headers, partition);
        }

        var at = line.AsSpan().IndexOf(_separator);
        return at >= 0
            ? new OutgoingRecord(topic, line[..at], line[(at + _separator.Length)..], headers, partition)
            : throw new UsageException($"Line {number} has no key separator '{keySeparator}'.");
    }

    private OutgoingRecord ParseJson(byte[] line, long number)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new UsageException($"Line {number} is not a JSON object such as {{\"key\": \"k\", \"value\": \"v\"}}.");
            }

            return new OutgoingRecord(
                topic,
                Bytes(root, "key") ?? key,
                Bytes(root, "value"),
                [.. headers, .. Headers(root)],
                root.TryGetProperty("toPartition", out var chosen) ? chosen.GetInt32() : partition,
                root.TryGetProperty("timestamp", out var timestamp) && timestamp.GetInt64() >= 0 ? timestamp.GetInt64() : null);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw new UsageException($"Line {number} is not a record in JSON: {failure.Message}");
        }
    }

    /// <summary>A text is its UTF-8; any other JSON value is its own text.</summary>
    private static byte[]? Bytes(JsonElement parent, string name)
    {
        if (parent.TryGetProperty(name + "Base64", out var base64) && base64.ValueKind == JsonValueKind.String)
        {
            return base64.GetBytesFromBase64();
        }

        return !parent.TryGetProperty(name, out var element) || element.ValueKind == JsonValueKind.Null ? null
            : Encoding.UTF8.GetBytes(element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText());
    }

    /// <summary>As <see cref="RecordLine"/> writes them, or an object of names and texts.</summary>
    private static IEnumerable<RecordHeader> Headers(JsonElement root)
    {
        if (!root.TryGetProperty("headers", out var list))
        {
            return [];
        }

        return list.ValueKind switch
        {
            JsonValueKind.Null => [],
            JsonValueKind.Object => [.. list.EnumerateObject().Select(header => Header(header.Name, Bytes(list, header.Name)))],
            _ => [.. list.EnumerateArray().Select(header => Header(NameOf(header), Bytes(header, "value")))],
        };
    }

    private static string NameOf(JsonElement header) =>
        header.TryGetProperty("name", out var name) && name.GetString() is { } text
            ? text
            : throw new FormatException("A header is an object such as {\"name\": \"n\", \"value\": \"v\"}; or headers are one object of names and texts.");

    private static RecordHeader Header(string name, byte[]? value) => new(name, value is null ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>(value));
}
