using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Tests.Varints;

public class VarintTests
{
    [Theory]
    [InlineData(0u, "00")]
    [InlineData(1u, "01")]
    [InlineData(127u, "7F")]
    [InlineData(128u, "8001")]
    [InlineData(300u, "AC02")]
    [InlineData(16_383u, "FF7F")]
    [InlineData(16_384u, "808001")]
    [InlineData(uint.MaxValue, "FFFFFFFF0F")]
    public void Unsigned_32_bits(uint value, string hex)
    {
        byte[] buffer = new byte[Varint.MaxLength32];
        int length = Varint.Write(buffer, value);
        Assert.Equal(hex, Convert.ToHexString(buffer, 0, length));
        Assert.Equal(length, Varint.LengthOf(value));
        Assert.True(Varint.TryRead(Convert.FromHexString(hex), out uint read, out int taken));
        Assert.Equal(value, read);
        Assert.Equal(length, taken);
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(-1, "01")]
    [InlineData(1, "02")]
    [InlineData(63, "7E")]
    [InlineData(-64, "7F")]
    [InlineData(64, "8001")]
    [InlineData(int.MaxValue, "FEFFFFFF0F")]
    [InlineData(int.MinValue, "FFFFFFFF0F")]
    public void Zigzag_32_bits(int value, string hex)
    {
        byte[] buffer = new byte[Varint.MaxLength32];
        int length = Zigzag.Write(buffer, value);
        Assert.Equal(hex, Convert.ToHexString(buffer, 0, length));
        Assert.Equal(length, Zigzag.LengthOf(value));
        Assert.True(Zigzag.TryRead(Convert.FromHexString(hex), out int read, out int taken));
        Assert.Equal(value, read);
        Assert.Equal(length, taken);
    }

    [Theory]
    [InlineData(0L, "00")]
    [InlineData(-1L, "01")]
    [InlineData(long.MaxValue, "FEFFFFFFFFFFFFFFFF01")]
    [InlineData(long.MinValue, "FFFFFFFFFFFFFFFFFF01")]
    [InlineData(1_700_000_000_000L, "80A0ABFEF962")]
    public void Zigzag_64_bits(long value, string hex)
    {
        byte[] buffer = new byte[Varint.MaxLength64];
        int length = Zigzag.Write(buffer, value);
        Assert.Equal(hex, Convert.ToHexString(buffer, 0, length));
        Assert.Equal(length, Zigzag.LengthOf(value));
        Assert.True(Zigzag.TryRead(Convert.FromHexString(hex), out long read, out int taken));
        Assert.Equal(value, read);
        Assert.Equal(length, taken);
    }

    [Fact]
    public void Every_bit_length_survives_a_round_trip()
    {
        byte[] buffer = new byte[Varint.MaxLength64];
        for (int bit = 0; bit < 64; bit++)
        {
            foreach (ulong value in (ulong[])[1UL << bit, (1UL << bit) - 1, (1UL << bit) | 1])
            {
                int length = Varint.Write(buffer, value);
                Assert.Equal(Varint.LengthOf(value), length);
                Assert.True(Varint.TryRead(buffer.AsSpan(0, length), out ulong read, out int taken));
                Assert.Equal(value, read);
                Assert.Equal(length, taken);

                long signed = unchecked((long)value);
                Assert.Equal(signed, Zigzag.Decode(Zigzag.Encode(signed)));
                Assert.Equal((int)signed, Zigzag.Decode(Zigzag.Encode((int)signed)));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("FFFFFF")]
    [InlineData("8080808080")]
    [InlineData("FFFFFFFFFF01")]
    public void Cut_or_endless_32_bit_input_is_refused(string hex)
    {
        Assert.False(Varint.TryRead(Convert.FromHexString(hex), out uint _, out int taken));
        Assert.Equal(0, taken);
        Assert.False(Zigzag.TryRead(Convert.FromHexString(hex), out int _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FF")]
    [InlineData("80808080808080808080")]
    [InlineData("FFFFFFFFFFFFFFFFFFFF01")]
    public void Cut_or_endless_64_bit_input_is_refused(string hex)
    {
        Assert.False(Varint.TryRead(Convert.FromHexString(hex), out ulong _, out int taken));
        Assert.Equal(0, taken);
        Assert.False(Zigzag.TryRead(Convert.FromHexString(hex), out long _, out _));
    }

    [Fact]
    public void A_longer_encoding_of_a_small_number_is_read()
    {
        Assert.True(Varint.TryRead((ReadOnlySpan<byte>)[0x81, 0x80, 0x00], out uint value, out int taken));
        Assert.Equal(1u, value);
        Assert.Equal(3, taken);
    }
}
