namespace OrleansStreaming.Records.Ids;

/// <summary>The id of an idempotent or transactional producer; -1 is <see cref="None"/>.</summary>
public readonly record struct ProducerId(long Value) : IComparable<ProducerId>
{
    public static readonly ProducerId None = new(-1);

    public int CompareTo(ProducerId other) => Value.CompareTo(other.Value);

    public static bool operator <(ProducerId left, ProducerId right) => left.Value < right.Value;
    public static bool operator >(ProducerId left, ProducerId right) => left.Value > right.Value;
    public static bool operator <=(ProducerId left, ProducerId right) => left.Value <= right.Value;
    public static bool operator >=(ProducerId left, ProducerId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
