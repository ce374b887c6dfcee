namespace OrleansStreaming.Records.Ids;

/// <summary>The position of a record in a partition, counted from 0; -1 is <see cref="None"/>.</summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    public static readonly Offset None = new(-1);
    public static readonly Offset Zero = new(0);

    public static Offset operator +(Offset offset, long count) => new(offset.Value + count);
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;
    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;
    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;
    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
