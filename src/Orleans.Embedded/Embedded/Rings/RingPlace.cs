using System.Runtime.InteropServices;

namespace Orleans.Embedded.Rings;

/// <summary>
/// A ring's memory as one end of it sees it: its identity, the count of bytes that were taken out, and the bytes on their way from
/// one process to another, first in, first out. Any thread, unless said otherwise.
/// </summary>
internal sealed class RingPlace : IDisposable
{
    public const int SmallestCapacity = 64 * 1024;
    public const int LargestCapacity = 64 * 1024 * 1024;

    private const int Identity = 0;

    /// <summary>In lines of its own, and the processor may fetch lines by twos.</summary>
    private const int Taken = 128;
    private const int Start = 4096;

    /// <summary>So that a ring that grows asks the system a few times only.</summary>
    private const int Step = 256 * 1024;

    private readonly SharedMemory _memory;
    private int _allocated;

    private RingPlace(SharedMemory memory, int capacity, Guid identity)
    {
        _memory = memory;
        Capacity = capacity;
        Offer = new RingOffer(Environment.ProcessId, memory.File, capacity, identity);
    }

    public int Capacity { get; }

    /// <summary>How another process finds it.</summary>
    public RingOffer Offer { get; }

    /// <summary>Bytes that were taken out so far, as the reader says.</summary>
    public long TakenOut
    {
        get => _memory.Published(Taken);
        set => _memory.Publish(Taken, value);
    }

    /// <exception cref="IOException">The system does not give the memory.</exception>
    public static RingPlace Create(int capacity)
    {
        var memory = SharedMemory.Create(LengthOf(capacity));
        try
        {
            var identity = Guid.NewGuid();
            Require(memory.TryAllocate(0, Start), "There is no memory.");
            memory.Write(Identity, MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in identity)));
            return new RingPlace(memory, capacity, identity);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The offer leads to nothing, to another ring, or to what this process may not have.</exception>
    public static RingPlace Open(RingOffer offer)
    {
        var memory = SharedMemory.Open(offer.Process, offer.Descriptor, LengthOf(offer.Capacity));
        try
        {
            Require(memory.TryAllocate(0, Start), "There is no memory.");
            var found = default(Guid);
            memory.Read(Identity, MemoryMarshal.AsBytes(new Span<Guid>(ref found)));
            Require(found == offer.Identity, "This is another ring.");
            return new RingPlace(memory, offer.Capacity, found);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>The first bytes of the ring, so many, are there. One caller at a time.</summary>
    public bool TryAllocate(int count)
    {
        if (count <= _allocated)
        {
            return true;
        }

        var wanted = Math.Min(Capacity, ((count - 1) / Step * Step) + Step);
        if (!_memory.TryAllocate(Start, wanted))
        {
            return false;
        }

        _allocated = wanted;
        return true;
    }

    public void Write(int at, ReadOnlySpan<byte> bytes) => _memory.Write(Start + at, bytes);

    public void Read(int at, Span<byte> bytes) => _memory.Read(Start + at, bytes);

    /// <summary>Reading and writing fails from here on, in this process only.</summary>
    public void Dispose() => _memory.Dispose();

    private static int LengthOf(int capacity)
    {
        Require(capacity is >= SmallestCapacity and <= LargestCapacity, $"A ring of {capacity} bytes.");
        return Start + capacity;
    }

    private static void Require(bool isTrue, string otherwise)
    {
        if (!isTrue)
        {
            throw new IOException(otherwise);
        }
    }
}
