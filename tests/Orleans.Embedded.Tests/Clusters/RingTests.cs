using Microsoft.Win32.SafeHandles;
using Orleans.Embedded.Rings;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>Both ends of a ring in one process: it finds its own memory as it would find another's.</summary>
public sealed class RingTests : IDisposable
{
    private const int Capacity = RingPlace.SmallestCapacity;
    private const int Length = 4096 + Capacity;

    private readonly RingPlace _made = RingPlace.Create(Capacity);
    private readonly RingPlace _opened;
    private readonly RingWriter _writer;
    private readonly RingReader _reader;

    public RingTests()
    {
        _opened = RingPlace.Open(_made.Offer);
        _writer = new RingWriter(_made);
        _reader = new RingReader(_opened);
    }

    public void Dispose()
    {
        _opened.Dispose();
        _made.Dispose();
    }

    /// <summary>Around the end of the ring many times, empty, full and in between.</summary>
    [Theory]
    [InlineData(1, Capacity)]
    [InlineData(2, Capacity / 2)]
    [InlineData(3, 5000)]
    public void BytesComeOutAsTheyWentIn(int seed, int largest)
    {
        var random = new Random(seed);
        var underWay = new Queue<(byte[] Bytes, bool IsAtStart)>();
        for (var step = 0; step < 3000; step++)
        {
            if (random.Next(100) < 55)
            {
                var bytes = new byte[1 + random.Next(largest)];
                random.NextBytes(bytes);
                var hasRoom = underWay.Sum(one => one.Bytes.Length) + bytes.Length <= Capacity;

                Assert.Equal(hasRoom, _writer.TryWrite(bytes, out var isAtStart));
                Assert.Equal(underWay.Count == 0, isAtStart);
                if (hasRoom)
                {
                    underWay.Enqueue((bytes, isAtStart));
                }
            }
            else if (underWay.TryDequeue(out var next))
            {
                var bytes = new byte[next.Bytes.Length];
                _reader.Read(bytes, next.IsAtStart);
                Assert.True(next.Bytes.AsSpan().SequenceEqual(bytes), $"Seed {seed}, step {step}.");
            }
        }
    }

    [Fact]
    public async Task WriterAndReaderRunSideBySide()
    {
        const int Rounds = 2000;
        var told = System.Threading.Channels.Channel.CreateUnbounded<(int Length, bool IsAtStart)>();
        var writing = Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                var bytes = new byte[1 + (round * 7919 % 30_000)];
                bytes.AsSpan().Fill((byte)round);
                bool isAtStart;
                while (!_writer.TryWrite(bytes, out isAtStart))
                {
                    await Task.Yield();
                }

                told.Writer.TryWrite((bytes.Length, isAtStart));
            }
        });

        for (var round = 0; round < Rounds; round++)
        {
            var (length, isAtStart) = await told.Reader.ReadAsync();
            var bytes = new byte[length];
            _reader.Read(bytes, isAtStart);
            Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)round));
        }

        await writing;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-Capacity - 1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void ReaderThatCountsWronglyIsFoundOut(long claimed)
    {
        _opened.TakenOut = claimed;

        Assert.Throws<InvalidDataException>(() => _writer.TryWrite(new byte[1], out _));
    }

    [Fact]
    public void MoreThanTheRingHoldsIsNotRead() =>
        Assert.Throws<InvalidDataException>(() => _reader.Read(new byte[Capacity + 1], isAtStart: false));

    /// <summary>Never written, and still no fault: they are zeros.</summary>
    [Fact]
    public void BytesThatTheWriterLiedAboutCanBeRead()
    {
        var bytes = new byte[Capacity];
        _reader.Read(bytes, isAtStart: false);

        Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void AnotherRingUnderTheSameNumbersIsNotOpened() =>
        Assert.Throws<IOException>(() => RingPlace.Open(_made.Offer with { Identity = Guid.NewGuid() }));

    [Theory]
    [InlineData(2 * Capacity)]
    [InlineData(Capacity - 1)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void RingsOfAnotherSizeAreNotOpened(int capacity) =>
        Assert.Throws<IOException>(() => RingPlace.Open(_made.Offer with { Capacity = capacity }));

    [Theory]
    [InlineData(-1, 3)]
    [InlineData(0, 3)]
    [InlineData(int.MaxValue, 3)]
    [InlineData(null, -1)]
    [InlineData(null, int.MaxValue)]
    [InlineData(null, 0)]
    public void OffersThatLeadNowhereAreNotOpened(int? process, int descriptor) => Assert.Throws<IOException>(
        () => RingPlace.Open(_made.Offer with { Process = process ?? Environment.ProcessId, Descriptor = descriptor }));

    [Fact]
    public void OrdinaryFilesAreNotOpened()
    {
        var path = Path.GetTempFileName();
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
        RandomAccess.SetLength(file, Length);

        Assert.Throws<IOException>(() => SharedMemory.Open(Environment.ProcessId, (int)file.DangerousGetHandle(), Length));
    }

    /// <summary>Its owner could cut it, and every access behind the cut would end this process.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(LinuxMemory.SealGrow)]
    [InlineData(LinuxMemory.SealShrink)]
    public void MemoryWhoseLengthMayChangeIsNotOpened(int seals)
    {
        using SafeFileHandle file = LinuxMemory.Create("orleans-ring", LinuxMemory.CreateUntilExec | LinuxMemory.CreateSealable);
        Assert.Equal(0, LinuxMemory.SetLength(file, Length));
        Assert.Equal(0, LinuxMemory.Control(file, LinuxMemory.AddSeals, seals));

        Assert.Throws<IOException>(() => SharedMemory.Open(Environment.ProcessId, (int)file.DangerousGetHandle(), Length));
    }

    [Fact]
    public void OneEndThatIsGoneFailsAndTheOtherDoesNot()
    {
        _opened.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _reader.Read(new byte[1], isAtStart: false));
        Assert.True(_writer.TryWrite(new byte[Capacity], out _));

        _made.Dispose();

        Assert.Throws<ObjectDisposedException>(() => _writer.TryWrite(new byte[1], out _));
    }
}
