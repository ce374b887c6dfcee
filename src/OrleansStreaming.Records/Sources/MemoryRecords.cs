using System.Buffers;

namespace OrleansStreaming.Records.Sources;

/// <summary>Record batches that lie in memory. Whoever made it owns the buffers and keeps them valid as long as this is used.</summary>
public sealed class MemoryRecords(ReadOnlySequence<byte> bytes) : RecordSource
{
    public static readonly MemoryRecords Empty = new(ReadOnlySequence<byte>.Empty);

    public MemoryRecords(ReadOnlyMemory<byte> bytes) : this(new ReadOnlySequence<byte>(bytes))
    {
    }

    public ReadOnlySequence<byte> Bytes { get; } = bytes;

    public override int Length { get; } = checked((int)bytes.Length);

    public override void CopyTo(int position, Span<byte> destination) =>
        Bytes.Slice(position, destination.Length).CopyTo(destination);
}
