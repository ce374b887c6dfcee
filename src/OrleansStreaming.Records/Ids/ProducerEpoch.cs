namespace OrleansStreaming.Records.Ids;

/// <summary>The fencing epoch of a producer id; -1 is <see cref="None"/>.</summary>
public readonly record struct ProducerEpoch(short Value) : IComparable<ProducerEpoch>
{
    public static readonly ProducerEpoch None = new(-1);

    public int CompareTo(ProducerEpoch other) => Value.CompareTo(other.Value);

    public static bool operator <(ProducerEpoch left, ProducerEpoch right) => left.Value < right.Value;
    public static bool operator >(ProducerEpoch left, ProducerEpoch right) => left.Value > right.Value;
    public static bool operator <=(ProducerEpoch left, ProducerEpoch right) => left.Value <= right.Value;
    public static bool operator >=(ProducerEpoch left, ProducerEpoch right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
