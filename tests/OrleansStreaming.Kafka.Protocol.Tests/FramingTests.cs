using System.Buffers;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests;

public sealed class FramingTests
{
    [Fact]
    public void A_frame_is_found_when_it_is_whole()
    {
        byte[] bytes = new Bytes().Int32(3).Text("abc").Int32(1).Text("d").ToArray();
        for (int length = 0; length < 7; length++)
        {
            Assert.Equal(FrameStatus.NeedMore, Parse(bytes[..length], out _, out _));
        }

        Assert.Equal(FrameStatus.Frame, Parse(bytes, out ReadOnlySequence<byte> frame, out int size));
        Assert.Equal("abc"u8, frame.ToArray());
        Assert.Equal(3, size);
    }

    [Fact]
    public void The_prefix_may_lie_across_segments()
    {
        byte[] bytes = new Bytes().Int32(3).Text("abc").ToArray();
        ReadOnlySequence<byte> cut = Segments.Cut(bytes, new Random(1), longest: 1);
        Assert.Equal(FrameStatus.Frame, Framing.Parse(cut, Framing.DefaultMaxSize, out ReadOnlySequence<byte> frame, out _));
        Assert.Equal("abc"u8, frame.ToArray());
    }

    [Fact]
    public void An_empty_frame_is_a_frame()
    {
        Assert.Equal(FrameStatus.Frame, Parse(new byte[4], out ReadOnlySequence<byte> frame, out _));
        Assert.Equal(0, frame.Length);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(Framing.DefaultMaxSize + 1)]
    public void A_size_out_of_bounds_is_bad(int size)
    {
        Assert.Equal(FrameStatus.BadSize, Parse(new Bytes().Int32(size).Zeros(10).ToArray(), out _, out int said));
        Assert.Equal(size, said);
    }

    [Fact]
    public void The_limit_itself_is_allowed() =>
        Assert.Equal(FrameStatus.NeedMore, Parse(new Bytes().Int32(Framing.DefaultMaxSize).ToArray(), out _, out _));

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("POST /")]
    [InlineData("HEAD /")]
    [InlineData("PUT /x")]
    [InlineData("HTTP/1.1 400")]
    public void Http_is_recognised(string text) =>
        Assert.Equal(FrameStatus.Http, Parse(new Bytes().Text(text).ToArray(), out _, out _));

    [Fact]
    public void A_tls_hello_is_recognised() =>
        Assert.Equal(FrameStatus.Tls, Parse([0x16, 0x03, 0x01, 0x02, 0x00], out _, out _));

    private static FrameStatus Parse(byte[] bytes, out ReadOnlySequence<byte> frame, out int size) =>
        Framing.Parse(new ReadOnlySequence<byte>(bytes), Framing.DefaultMaxSize, out frame, out size);
}
