using System.Globalization;
using System.Text;

namespace OrleansStreaming.Storage.Checkpoints;

/// <summary>
/// Kafka's text format for checkpoints: a line with the version (0), a line with the number of entries, one line an entry.
/// </summary>
internal static class CheckpointText
{
    private const int Version = 0;

    public static byte[] Write(IReadOnlyCollection<string> entries)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Version}\n{entries.Count}\n");
        foreach (var entry in entries)
        {
            text.Append(entry).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The words of each entry, or null when the file is not a whole checkpoint of this version.</summary>
    public static List<string[]>? TryRead(byte[] content, int wordsPerEntry)
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines.Length < 2
            || !int.TryParse(lines[0], CultureInfo.InvariantCulture, out var version) || version != Version
            || !int.TryParse(lines[1], CultureInfo.InvariantCulture, out var count) || count != lines.Length - 2)
        {
            return null;
        }

        var entries = new List<string[]>(count);
        foreach (var line in lines.AsSpan(2))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != wordsPerEntry)
            {
                return null;
            }

            entries.Add(words);
        }

        return entries;
    }
}
