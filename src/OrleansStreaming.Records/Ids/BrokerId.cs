namespace OrleansStreaming.Records.Ids;

/// <summary>A broker's number, which survives restarts; -1 is <see cref="None"/>.</summary>
public readonly record struct BrokerId(int Value) : IComparable<BrokerId>
{
    public static readonly BrokerId None = new(-1);

    public int CompareTo(BrokerId other) => Value.CompareTo(other.Value);

    public static bool operator <(BrokerId left, BrokerId right) => left.Value < right.Value;
    public static bool operator >(BrokerId left, BrokerId right) => left.Value > right.Value;
    public static bool operator <=(BrokerId left, BrokerId right) => left.Value <= right.Value;
    public static bool operator >=(BrokerId left, BrokerId right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
