using System.Globalization;
using System.Text;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>
/// Lines as <c>key:value</c>, where the value tells the key and the place within it: what was lost, doubled or reordered can be
/// told from the lines alone. The same count gives the same lines.
/// </summary>
internal sealed class KeyedLines
{
    private const int Keys = 5_000;

    public KeyedLines(int count)
    {
        var next = new int[Keys];
        var chance = new Random(count);
        Lines = new string[count];
        for (var i = 0; i < count; i++)
        {
            var key = chance.Next(Keys);
            Lines[i] = string.Create(CultureInfo.InvariantCulture, $"key-{key}:key-{key} {next[key]++} {new string('x', chance.Next(60))}");
        }
    }

    public string[] Lines { get; }

    public string Text => new StringBuilder().AppendJoin('\n', Lines).Append('\n').ToString();

    /// <summary>Fails unless these are the same lines, each once, in order within each key.</summary>
    public void AssertReadBack(IReadOnlyList<string> read)
    {
        Assert.Equal(Lines.Length, read.Count);
        Assert.Equal(Lines.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
        AssertOrderWithinKeys(read);
    }

    /// <summary>Fails unless, within each key, no line comes before an earlier one.</summary>
    public static void AssertOrderWithinKeys(IEnumerable<string> read)
    {
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in read)
        {
            var (key, place) = Parse(line);
            Assert.True(place > last.GetValueOrDefault(key, -1), $"{key}: {place} came after {last.GetValueOrDefault(key, -1)}.");
            last[key] = place;
        }
    }

    private static (string Key, int Place) Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var parts = line[(colon + 1)..].Split(' ');
        Assert.Equal(line[..colon], parts[0]);
        return (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
