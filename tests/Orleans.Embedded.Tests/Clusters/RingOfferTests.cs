using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Rings;
using Orleans.Embedded.Serialization;
using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>How two ends of a session come to a ring, or do not.</summary>
public sealed class RingOfferTests : IDisposable
{
    private const int Large = 100_000;

    private readonly End _here = new(1 << 20);
    private readonly End _there = new(0);

    public void Dispose()
    {
        _here.Rings.Dispose();
        _there.Rings.Dispose();
    }

    [Fact]
    public void LargePayloadsLeaveTheLinkOnceTheRingIsOpened()
    {
        Assert.InRange(_here.Send(), Large, 2 * Large);
        _here.Rings.OnLarge();
        _here.Rings.OnLarge();
        var offer = Assert.Single(_here.Told);
        Assert.Equal(MessageKind.RingOffer, offer.Kind);

        _there.Rings.OnOffer(offer.Message);
        var answer = Assert.Single(_there.Told);
        Assert.Equal(MessageKind.RingOpened, answer.Kind);
        Assert.InRange(_here.Send(), Large, 2 * Large);

        _here.Rings.OnOpened(answer.Message);
        Assert.InRange(_here.Send(), 1, 100);
    }

    [Fact]
    public void WhoIsNotToHaveARingOffersNone()
    {
        _there.Rings.OnLarge();

        Assert.Empty(_there.Told);
    }

    [Fact]
    public void OfferThatLeadsNowhereIsNotAnswered()
    {
        using var message = new WireWriter();
        message.WriteFixed(new RingOffer(int.MaxValue, 3, 1 << 20, Guid.NewGuid()));

        _there.Rings.OnOffer(new WireReader(message.Head.ToArray(), []));

        Assert.Empty(_there.Told);
    }

    [Fact]
    public void OfferThatComesWhenTheSessionIsOverLeavesNothing()
    {
        _here.Rings.OnLarge();
        _there.Rings.Dispose();

        _there.Rings.OnOffer(_here.Told[0].Message);

        Assert.Empty(_there.Told);
    }

    [Fact]
    public void NonsenseCostsTheSession()
    {
        Assert.Throws<SerializerException>(() => _here.Rings.OnOpened(new WireReader()));
        Assert.Throws<SerializerException>(() => _here.Rings.OnOffer(new WireReader()));
        _here.Rings.OnLarge();
        _there.Rings.OnOffer(_here.Told[0].Message);
        Assert.Throws<SerializerException>(() => _there.Rings.OnOffer(new WireReader(new byte[64], [])));
    }

    /// <summary>One end of a session, whose links lead nowhere.</summary>
    private sealed class End : ILink
    {
        private readonly FrameSender _sender;
        private long _sent;

        public End(int capacity)
        {
            _sender = new FrameSender(this, long.MaxValue, failure => Assert.Fail(failure.ToString()));
            Rings = new SharedRings(capacity, _sender, Keep, NullLogger.Instance) { Receiver = new FrameReceiver(this) };
        }

        public SharedRings Rings { get; }

        public List<(MessageKind Kind, WireReader Message)> Told { get; } = [];

        /// <summary>Sends a large payload and returns how many bytes went over the link.</summary>
        public long Send()
        {
            var before = _sent;
            var message = new WireWriter();
            message.WriteBlob(new byte[Large]);
            Assert.True(_sender.TrySend(message, Large));
            return _sent - before;
        }

        public ValueTask<int> Receive(Memory<byte> buffer) => new(0);

        public ValueTask Send(List<ArraySegment<byte>> buffers)
        {
            _sent += buffers.Sum(buffer => buffer.Count);
            return ValueTask.CompletedTask;
        }

        public void Abort()
        {
        }

        private void Keep(WireWriter message)
        {
            var reader = new WireReader(message.Head.ToArray(), []);
            Told.Add(((MessageKind)reader.ReadByte(), reader));
        }
    }
}
