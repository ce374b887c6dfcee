using System.Globalization;

namespace OrleansStreaming.Server.Telemetry;

/// <summary>The labels of one series, in the order they came; compared by content.</summary>
internal sealed class TagSet
{
    public static readonly TagSet Empty = new([]);

    private readonly KeyValuePair<string, object?>[] _tags;

    public TagSet(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        _tags = tags.ToArray();
        Text = string.Join(',', _tags.Select(tag => $"{PrometheusNames.Label(tag.Key)}=\"{PrometheusNames.Escape(Value(tag.Value))}\""));
    }

    /// <summary>The labels as Prometheus writes them, without braces.</summary>
    public string Text { get; }

    public static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (key, value) in tags)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public bool Holds(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length)
        {
            return false;
        }

        for (var i = 0; i < tags.Length; i++)
        {
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    private static string Value(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
