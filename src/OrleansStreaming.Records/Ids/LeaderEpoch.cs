namespace OrleansStreaming.Records.Ids;

/// <summary>The term of one leader of a partition; grows with each election. -1 is <see cref="None"/>: unknown, skip the check.</summary>
public readonly record struct LeaderEpoch(int Value) : IComparable<LeaderEpoch>
{
    public static readonly LeaderEpoch None = new(-1);

    public LeaderEpoch Next() => new(Value + 1);

    public int CompareTo(LeaderEpoch other) => Value.CompareTo(other.Value);

    public static bool operator <(LeaderEpoch left, LeaderEpoch right) => left.Value < right.Value;
    public static bool operator >(LeaderEpoch left, LeaderEpoch right) => left.Value > right.Value;
    public static bool operator <=(LeaderEpoch left, LeaderEpoch right) => left.Value <= right.Value;
    public static bool operator >=(LeaderEpoch left, LeaderEpoch right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
