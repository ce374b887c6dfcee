using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests;

public sealed class PrimitiveTests
{
    [Theory]
    [InlineData(0u, "00")]
    [InlineData(127u, "7f")]
    [InlineData(128u, "8001")]
    [InlineData(16_383u, "ff7f")]
    [InlineData(16_384u, "808001")]
    [InlineData(2_097_152u, "80808001")]
    [InlineData(268_435_456u, "8080808001")]
    [InlineData(uint.MaxValue, "ffffffff0f")]
    public void Varints(uint value, string hex)
    {
        using var writer = new ProtocolWriter();
        writer.WriteUnsignedVarint(value);
        Assert.Equal(hex, Convert.ToHexStringLower(writer.ToArray()));
        var reader = new ProtocolReader(writer.Written);
        Assert.Equal(value, reader.ReadUnsignedVarint());
    }

    [Fact]
    public void Numbers_are_big_endian()
    {
        using var writer = new ProtocolWriter();
        writer.WriteBoolean(true);
        writer.WriteInt8(-2);
        writer.WriteInt16(-2);
        writer.WriteUInt16(0xfffe);
        writer.WriteInt32(0x01020304);
        writer.WriteInt64(0x0102030405060708);
        writer.WriteFloat64(1.5);
        writer.WriteUuid(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        Assert.Equal(
            "01" + "fe" + "fffe" + "fffe" + "01020304" + "0102030405060708" + "3ff8000000000000" + "00112233445566778899aabbccddeeff",
            Convert.ToHexStringLower(writer.ToArray()));
        var reader = new ProtocolReader(writer.Written);
        Assert.True(reader.ReadBoolean());
        Assert.Equal(-2, reader.ReadInt8());
        Assert.Equal(-2, reader.ReadInt16());
        Assert.Equal(0xfffe, reader.ReadUInt16());
        Assert.Equal(0x01020304, reader.ReadInt32());
        Assert.Equal(0x0102030405060708, reader.ReadInt64());
        Assert.Equal(1.5, reader.ReadFloat64());
        Assert.Equal(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), reader.ReadUuid());
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(40_000)]
    public void A_tagged_field_is_preceded_by_its_size_however_long_that_is(int length)
    {
        using var writer = new ProtocolWriter(16);
        writer.WriteInt16(1);
        int start = writer.BeginTag(5);
        for (int i = 0; i < length; i++)
        {
            writer.WriteInt8((sbyte)(i % 100));
        }

        writer.EndTag(start);
        writer.WriteInt16(2);

        var reader = new ProtocolReader(writer.ToArray().AsMemory());
        Assert.Equal(1, reader.ReadInt16());
        Assert.Equal(5u, reader.ReadTag(out long end));
        Assert.Equal(length, end - reader.Consumed);
        for (int i = 0; i < length; i++)
        {
            Assert.Equal(i % 100, reader.ReadInt8());
        }

        reader.EndTag(end);
        Assert.Equal(2, reader.ReadInt16());
        Assert.Equal(0, reader.Remaining);
    }

    /// <summary>One answer written out by hand, with a tagged structure and a nested array.</summary>
    [Fact]
    public void A_fetch_response_of_version_12_byte_by_byte()
    {
        var response = new FetchResponse { SessionId = 7 };
        response.Responses.Add(new()
        {
            Topic = "ab",
            Partitions =
            {
                new()
                {
                    PartitionIndex = 1,
                    ErrorCode = 6,
                    HighWatermark = 2,
                    AbortedTransactions = [new() { ProducerId = 3, FirstOffset = 4 }],
                    CurrentLeader = new() { LeaderId = 5, LeaderEpoch = 6 },
                },
            },
        });
        const string Expected = "00000000" + "0000" + "00000007" + "02"
            + "03" + "6162" + "02"
            + "00000001" + "0006" + "0000000000000002" + "ffffffffffffffff" + "ffffffffffffffff"
            + "02" + "0000000000000003" + "0000000000000004" + "00"
            + "ffffffff" + "00"
            + "01" + "01" + "09" + "00000005" + "00000006" + "00"
            + "00"
            + "00";
        Assert.Equal(Expected, Convert.ToHexStringLower(Codec.Write(response, 12)));
    }
}
