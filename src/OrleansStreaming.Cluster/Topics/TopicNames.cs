namespace OrleansStreaming.Cluster.Topics;

/// <summary>Kafka's rules for topic names.</summary>
public static class TopicNames
{
    /// <summary>A partition's folder is <c>name-partition</c>, with room for suffixes in a file name of 255.</summary>
    public const int MaxLength = 249;

    private static readonly HashSet<string> _internal =
        new(StringComparer.Ordinal) { "__consumer_offsets", "__transaction_state", "__share_group_state" };

    /// <summary>Null when a topic may have this name, else why not.</summary>
    public static string? Validate(string name)
    {
        if (name.Length == 0)
        {
            return "Topic name is invalid: it is empty.";
        }

        if (name is "." or "..")
        {
            return $"Topic name is invalid: '{name}' is reserved by file systems.";
        }

        if (name.Length > MaxLength)
        {
            return $"Topic name is invalid: it has {name.Length} characters, at most {MaxLength} are allowed.";
        }

        return name.All(IsLegal)
            ? null
            : $"Topic name '{name}' is invalid: only ASCII letters, digits, '.', '_' and '-' are allowed.";
    }

    /// <summary>
    /// Two names collide when they differ only in '.' and '_': metric names cannot tell them apart, so Kafka refuses the second.
    /// </summary>
    public static string CollisionKey(string name) => name.Replace('.', '_');

    public static bool MayCollide(string name) => name.AsSpan().IndexOfAny('.', '_') >= 0;

    /// <summary>Names the product gives a meaning of its own.</summary>
    public static bool IsInternal(string name) => _internal.Contains(name);

    private static bool IsLegal(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
