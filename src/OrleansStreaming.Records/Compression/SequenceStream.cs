using System.Buffers;

namespace OrleansStreaming.Records.Compression;

/// <summary>A forward-only stream over a sequence, for decoders that know only streams.</summary>
internal sealed class SequenceStream(in ReadOnlySequence<byte> bytes) : Stream
{
    private CompressedInput _input = new(bytes);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        ReadOnlySpan<byte> part = _input.Current;
        part = part[..Math.Min(part.Length, buffer.Length)];
        part.CopyTo(buffer);
        _input.Advance(part.Length);
        return part.Length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
