using System.Buffers;
using System.Collections.Concurrent;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>
/// The transport's buffers: pinned blocks of 128 KiB, so that a megabyte of records arrives in eight reads and not in 256 as
/// with Kestrel's own 4 KiB blocks. Blocks come back to a stack (the warm one goes out first) that keeps a bounded number;
/// the rest is left to the garbage collector. Any thread may rent and return.
/// </summary>
internal sealed class BlockMemoryPool : MemoryPool<byte>
{
    public const int BlockSize = 128 * 1024;

    /// <summary>64 MiB kept at the most: what two connections with full buffers in both directions use at a time, eight times.</summary>
    private const int MostKept = 512;

    private readonly ConcurrentStack<byte[]> _free = new();
    private int _kept;

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize > BlockSize)
        {
            throw new ArgumentOutOfRangeException(nameof(minBufferSize), minBufferSize, $"A block has {BlockSize} bytes.");
        }

        if (!_free.TryPop(out var block))
        {
            return new Owner(this, GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true));
        }

        Interlocked.Decrement(ref _kept);
        return new Owner(this, block);
    }

    protected override void Dispose(bool disposing) => _free.Clear();

    private void Return(byte[] block)
    {
        if (Interlocked.Increment(ref _kept) > MostKept)
        {
            Interlocked.Decrement(ref _kept);
            return;
        }

        _free.Push(block);
    }

    /// <summary>
    /// One party's right to a block. Each rental has its own, so that a former owner who returns the block again, or late,
    /// cannot take it from the next: that would be two owners of one buffer, records in another topic (CVE-2026-35554).
    /// </summary>
    private sealed class Owner(BlockMemoryPool pool, byte[] block) : IMemoryOwner<byte>
    {
        private byte[]? _block = block;

        public Memory<byte> Memory => Volatile.Read(ref _block) ?? throw new ObjectDisposedException(nameof(BlockMemoryPool));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _block, null) is { } returned)
            {
                pool.Return(returned);
            }
        }
    }
}
