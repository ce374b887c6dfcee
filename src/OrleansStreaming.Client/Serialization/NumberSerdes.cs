using System.Buffers;
using System.Buffers.Binary;

namespace OrleansStreaming.Client.Serialization;

internal abstract class FixedSizeSerde<T>(int size) : ISerde<T>
{
    public void Serialize(T value, IBufferWriter<byte> output, in SerializationContext context)
    {
        Write(output.GetSpan(size), value);
        output.Advance(size);
    }

    public T Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context) => bytes.Length == size
        ? Read(bytes)
        : throw new FormatException($"A {typeof(T).Name} has {size} bytes; the {context.Part} has {bytes.Length}.");

    protected abstract void Write(Span<byte> output, T value);

    protected abstract T Read(ReadOnlySpan<byte> bytes);
}

internal sealed class Int16Serde() : FixedSizeSerde<short>(sizeof(short))
{
    protected override void Write(Span<byte> output, short value) => BinaryPrimitives.WriteInt16BigEndian(output, value);

    protected override short Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt16BigEndian(bytes);
}

internal sealed class Int32Serde() : FixedSizeSerde<int>(sizeof(int))
{
    protected override void Write(Span<byte> output, int value) => BinaryPrimitives.WriteInt32BigEndian(output, value);

    protected override int Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);
}

internal sealed class Int64Serde() : FixedSizeSerde<long>(sizeof(long))
{
    protected override void Write(Span<byte> output, long value) => BinaryPrimitives.WriteInt64BigEndian(output, value);

    protected override long Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes);
}

internal sealed class SingleSerde() : FixedSizeSerde<float>(sizeof(float))
{
    protected override void Write(Span<byte> output, float value) => BinaryPrimitives.WriteSingleBigEndian(output, value);

    protected override float Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadSingleBigEndian(bytes);
}

internal sealed class DoubleSerde() : FixedSizeSerde<double>(sizeof(double))
{
    protected override void Write(Span<byte> output, double value) => BinaryPrimitives.WriteDoubleBigEndian(output, value);

    protected override double Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadDoubleBigEndian(bytes);
}

internal sealed class GuidSerde() : FixedSizeSerde<Guid>(36)
{
    protected override void Write(Span<byte> output, Guid value) => value.TryFormat(output, out _, "D");

    protected override Guid Read(ReadOnlySpan<byte> bytes) => Guid.ParseExact(System.Text.Encoding.ASCII.GetString(bytes), "D");
}
