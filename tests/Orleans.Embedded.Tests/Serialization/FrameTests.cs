using System.Buffers.Binary;
using System.Security.Cryptography;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Rings;
using Orleans.Embedded.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class FrameTests
{
    /// <summary>Sizes on both sides of every threshold: inline, small arrays, arrays of the pool, more than the pool's next size.</summary>
    [Theory]
    [InlineData(new[] { 5000, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1 }, 1 << 20)]
    [InlineData(new[] { 1_000_000, 70_000, 5000, 131_072, 131_073 }, 1 << 20)]
    [InlineData(new[] { 1_000_000, 70_000, 5000, 131_072, 131_073 }, 1000)]
    [InlineData(new[] { 100_000, 100_000, 100_000 }, 77_777)]
    public async Task FramesThatFollowOneAnotherArriveAsTheyWereSent(int[] sizes, int bytesAtATime)
    {
        var wire = new Pipe(bytesAtATime);
        var sender = new FrameSender(wire, long.MaxValue, failure => Assert.Fail(failure.ToString()));
        var random = new Random(1);
        var sent = new List<byte[]>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var size in sizes)
            {
                sent.Add(Send(sender, sent.Count + 1, size, random));
            }
        }

        await sender.Drain();
        var received = new Received();
        await new FrameReceiver(wire).ReadAll(received);

        Assert.Equal(HashesOf(sent), received.Hashes);
    }

    /// <summary>Sizes on both sides of what goes through a ring, and more than it holds: nothing is taken out before all is sent.</summary>
    [Fact]
    public async Task AttachmentsInARingAndBesideItArriveInTheirOrder()
    {
        using var here = RingPlace.Create(128 * 1024);
        using var there = RingPlace.Open(here.Offer);
        var wire = new Pipe(1000);
        var sender = new FrameSender(wire, long.MaxValue, failure => Assert.Fail(failure.ToString()));
        var receiver = new FrameReceiver(wire);
        sender.UseRing(new RingWriter(here));
        receiver.UseRing(new RingReader(there));
        var random = new Random(2);
        var received = new Received();
        var sent = new List<byte[]>();
        var bytesOnWire = new List<long>();
        for (var round = 0; round < 5; round++)
        {
            var before = wire.Length;
            foreach (var size in (int[])[5000, FrameLimits.SmallestInRing - 1, 2 * FrameLimits.SmallestInRing, 60_000, 70_000, 300_000, 40_000])
            {
                sent.Add(Send(sender, sent.Count + 1, size, random));
            }

            await sender.Drain();
            bytesOnWire.Add(wire.Length - before);
            await receiver.ReadAll(received);
        }

        Assert.Equal(HashesOf(sent), received.Hashes);
        Assert.All(bytesOnWire, count => Assert.InRange(count, 600_000, 675_000));
    }

    [Theory]
    [InlineData(20_000 | FrameLimits.InRing, false)]
    [InlineData(128 * 1024 + 1 | FrameLimits.InRing, true)]
    [InlineData(128 * 1024 + 1 | FrameLimits.InRing | FrameLimits.AtStart, true)]
    [InlineData(-1, true)]
    [InlineData(int.MinValue | FrameLimits.InRing, true)]
    public async Task LiesAboutARingCostTheConnection(int length, bool hasRing)
    {
        using var place = RingPlace.Create(128 * 1024);
        var wire = new Pipe(1000);
        var frame = new byte[FrameLimits.HeaderBytes + 4];
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(4), 1);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), length);
        await wire.Send([new(frame)]);
        var receiver = new FrameReceiver(wire);
        if (hasRing)
        {
            receiver.UseRing(new RingReader(place));
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => receiver.ReadAll(new Received()));
    }

    /// <summary>A message with a payload and its first half as attachments.</summary>
    private static byte[] Send(FrameSender sender, int number, int size, Random random)
    {
        var payload = new byte[size];
        random.NextBytes(payload);
        var message = new WireWriter();
        message.WriteVarUInt((ulong)number);
        message.WriteBlob(payload);
        message.WriteBlob(payload.AsMemory(0, size / 2));
        Assert.True(sender.TrySend(message, size));
        return payload;
    }

    private static IEnumerable<string> HashesOf(IEnumerable<byte[]> sent) =>
        sent.SelectMany(payload => new[] { Hash(payload), Hash(payload.AsSpan(0, payload.Length / 2)) });

    private static string Hash(ReadOnlySpan<byte> bytes) => $"{bytes.Length} {Convert.ToHexString(SHA256.HashData(bytes))}";

    private sealed class Received : IFrameHandler
    {
        public List<string> Hashes { get; } = [];

        public void OnFrame(ReadOnlyMemory<byte> head, ArraySegment<byte>[] attachments)
        {
            var reader = new WireReader(head, attachments);
            Assert.Equal((ulong)(Hashes.Count / 2) + 1, reader.ReadVarUInt());
            Hashes.Add(Hash(reader.ReadBlob().Span));
            Hashes.Add(Hash(reader.ReadBlob().Span));
            Assert.Equal(0, reader.Remaining);
        }
    }

    /// <summary>What is sent can be received, so many bytes at a time.</summary>
    private sealed class Pipe(int bytesAtATime) : ILink
    {
        private readonly MemoryStream _bytes = new();
        private long _read;

        public long Length => _bytes.Length;

        public ValueTask<int> Receive(Memory<byte> buffer)
        {
            _bytes.Position = _read;
            var count = _bytes.Read(buffer.Span[..Math.Min(buffer.Length, bytesAtATime)]);
            _read += count;
            return new(count);
        }

        public ValueTask Send(List<ArraySegment<byte>> buffers)
        {
            _bytes.Position = _bytes.Length;
            buffers.ForEach(buffer => _bytes.Write(buffer));
            return ValueTask.CompletedTask;
        }

        public void Abort()
        {
        }
    }
}
