using System.Buffers;

namespace OrleansStreaming.Records.Buffers;

/// <summary>A growing run of bytes in an array of the shared pool, returned on dispose. For one thread.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array;

    internal PooledBuffer(int initialCapacity) => _array = ArrayPool<byte>.Shared.Rent(Math.Max(initialCapacity, 256));

    /// <summary>Bytes written.</summary>
    internal int Length { get; private set; }

    /// <summary>The bytes written; valid until the next write.</summary>
    internal Span<byte> Written => _array.AsSpan(0, Length);

    /// <inheritdoc cref="Written"/>
    internal ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _array.AsSpan(Length);
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_array.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Forgets what is after <paramref name="length"/> and keeps the array.</summary>
    internal void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Hands the array over to the caller, who now returns it to the pool.</summary>
    internal byte[] Detach()
    {
        byte[] array = _array;
        _array = [];
        Length = 0;
        return array;
    }

    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Detach());
        }
    }

    private void Reserve(int count)
    {
        if (count <= _array.Length - Length)
        {
            return;
        }

        long wanted = Math.Max((long)Length + count, Math.Min(2L * _array.Length, Array.MaxLength));
        byte[] larger = ArrayPool<byte>.Shared.Rent(checked((int)wanted));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
