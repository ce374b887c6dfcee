using System.Globalization;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>What a <see cref="StartPosition"/> names.</summary>
internal enum StartKind
{
    Beginning,
    End,

    /// <summary>An offset.</summary>
    Offset,

    /// <summary>The first record at or after a time.</summary>
    Time,
}

/// <summary>Where to begin in a partition.</summary>
/// <param name="Value">The offset, or milliseconds since 1970; 0 for beginning and end.</param>
internal readonly record struct StartPosition(StartKind Kind, long Value)
{
    /// <summary>How the command line writes one, for help texts.</summary>
    public const string Syntax = "beginning, end, an offset, a time (2026-01-31T12:00:00Z) or an age (15m, 2h, 1d)";

    public static StartPosition Beginning { get; } = new(StartKind.Beginning, 0);

    public static StartPosition End { get; } = new(StartKind.End, 0);

    public static StartPosition At(long offset) => new(StartKind.Offset, offset);

    public static StartPosition At(DateTimeOffset time) => new(StartKind.Time, Math.Max(0, time.ToUnixTimeMilliseconds()));

    /// <summary>Reads <see cref="Syntax"/>; a time without a zone is UTC.</summary>
    /// <param name="now">What ages count back from.</param>
    public static bool TryParse(string text, DateTimeOffset now, out StartPosition position)
    {
        position = default;
        if (text is "beginning" or "earliest")
        {
            position = Beginning;
        }
        else if (text is "end" or "latest")
        {
            position = End;
        }
        else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            position = At(offset);
        }
        else if (TryParseAge(text, out var age))
        {
            position = At(now - age);
        }
        else if (text.Contains('-') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            position = At(time);
        }
        else
        {
            return false;
        }

        return true;
    }

    private static bool TryParseAge(string text, out TimeSpan age)
    {
        age = default;
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        TimeSpan? unit = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => null,
        };
        age = count * (unit ?? TimeSpan.Zero);
        return unit is not null;
    }
}
