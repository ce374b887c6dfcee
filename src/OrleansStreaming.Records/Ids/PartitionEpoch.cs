namespace OrleansStreaming.Records.Ids;

/// <summary>The version of a partition's state (leader, ISR, replicas); grows with each change, for compare-and-swap.</summary>
public readonly record struct PartitionEpoch(int Value) : IComparable<PartitionEpoch>
{
    public PartitionEpoch Next() => new(Value + 1);

    public int CompareTo(PartitionEpoch other) => Value.CompareTo(other.Value);

    public static bool operator <(PartitionEpoch left, PartitionEpoch right) => left.Value < right.Value;
    public static bool operator >(PartitionEpoch left, PartitionEpoch right) => left.Value > right.Value;
    public static bool operator <=(PartitionEpoch left, PartitionEpoch right) => left.Value <= right.Value;
    public static bool operator >=(PartitionEpoch left, PartitionEpoch right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
