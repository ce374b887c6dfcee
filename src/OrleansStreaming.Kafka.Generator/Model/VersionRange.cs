using System;
using System.Globalization;

namespace OrleansStreaming.Kafka.Generator.Model;

/// <summary>Versions from <see cref="Low"/> to <see cref="High"/>, both included; empty when low is above high.</summary>
public readonly struct VersionRange
{
    public static readonly VersionRange None = new(1, 0);
    public static readonly VersionRange Every = new(0, short.MaxValue);

    public VersionRange(short low, short high)
    {
        Low = low;
        High = high;
    }

    public short Low { get; }

    public short High { get; }

    public bool IsEmpty => Low > High;

    public bool Contains(int version) => version >= Low && version <= High;

    public bool Covers(VersionRange other) => other.IsEmpty || (Low <= other.Low && High >= other.High);

    public VersionRange Intersect(VersionRange other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    /// <summary>The smallest range with both.</summary>
    public VersionRange Span(VersionRange other) =>
        IsEmpty ? other : other.IsEmpty ? this : new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    /// <summary>Reads <c>3</c>, <c>3-7</c> or <c>3+</c>.</summary>
    public static bool TryParse(string text, out VersionRange range)
    {
        range = None;
        if (text.EndsWith("+", StringComparison.Ordinal))
        {
            if (!Number(text.Substring(0, text.Length - 1), out short from))
            {
                return false;
            }

            range = new VersionRange(from, short.MaxValue);
            return true;
        }

        int dash = text.IndexOf('-');
        string low = dash < 0 ? text : text.Substring(0, dash);
        string high = dash < 0 ? text : text.Substring(dash + 1);
        if (!Number(low, out short first) || !Number(high, out short last) || first > last)
        {
            return false;
        }

        range = new VersionRange(first, last);
        return true;
    }

    public override string ToString() => High == short.MaxValue ? $"{Low}+" : Low == High ? $"{Low}" : $"{Low}-{High}";

    private static bool Number(string text, out short value) =>
        short.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value < short.MaxValue;
}
