using System.Buffers.Binary;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Simulation.Tests.Disks;

/// <summary>What the simulation keeps of a record batch: where it lies, who leads it, and whose it is.</summary>
internal readonly record struct SimulatedBatch(long BaseOffset, int Count, int Epoch, int Producer, long Sequence)
{
    public const int Size = 28;

    public long End => BaseOffset + Count;

    public Offset EndOffset => new(End);

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to, BaseOffset);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], Epoch);
        BinaryPrimitives.WriteInt32LittleEndian(to[16..], Producer);
        BinaryPrimitives.WriteInt64LittleEndian(to[20..], Sequence);
    }

    public static SimulatedBatch Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadInt64LittleEndian(from),
        BinaryPrimitives.ReadInt32LittleEndian(from[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(from[12..]),
        BinaryPrimitives.ReadInt32LittleEndian(from[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(from[20..]));
}
