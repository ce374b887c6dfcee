using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests;

public sealed class LimitTests
{
    private delegate void Reading(ref ProtocolReader reader);

    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(int.MaxValue)]
    [InlineData(-2)]
    [InlineData(int.MinValue)]
    public void A_count_the_frame_cannot_hold_is_refused(int count) =>
        Refused(new Bytes().Int32(count).Zeros(64), (ref ProtocolReader reader) => MetadataRequest.Read(ref reader, 1));

    [Fact]
    public void A_million_elements_are_the_most()
    {
        byte[] most = new Bytes().Int32(ProtocolLimits.MaxArrayElements).Zeros(2 * ProtocolLimits.MaxArrayElements).Zeros(1).ToArray();
        var reader = new ProtocolReader(most.AsMemory());
        Assert.Equal(ProtocolLimits.MaxArrayElements, DescribeGroupsRequest.Read(ref reader, 0).Groups.Count);
        Refused(
            new Bytes().Int32(ProtocolLimits.MaxArrayElements + 1).Zeros(3 * ProtocolLimits.MaxArrayElements),
            (ref ProtocolReader big) => DescribeGroupsRequest.Read(ref big, 0));
    }

    [Fact]
    public void An_array_is_refused_as_soon_as_its_smallest_form_is_too_large()
    {
        // Ten partitions of four bytes each need forty bytes; thirty-nine are there.
        Refused(new Bytes().Int32(10).Zeros(39), (ref ProtocolReader reader) => reader.ReadArrayCount(compact: false, 4));
        var enough = new ProtocolReader(new Bytes().Int32(10).Zeros(40).ToArray().AsMemory());
        Assert.Equal(10, enough.ReadArrayCount(compact: false, 4));
    }

    [Fact]
    public void Null_is_refused_where_a_value_must_be()
    {
        Refused(new Bytes().Int32(-1), (ref ProtocolReader reader) => MetadataRequest.Read(ref reader, 0));
        var nullable = new ProtocolReader(new Bytes().Int32(-1).ToArray().AsMemory());
        Assert.Null(MetadataRequest.Read(ref nullable, 1).Topics);
        Refused(new Bytes().Int16(-1), (ref ProtocolReader reader) => reader.ReadString(compact: false));
        Refused(new Bytes().Raw(0), (ref ProtocolReader reader) => reader.ReadString(compact: true));
        Refused(new Bytes().Int32(-1), (ref ProtocolReader reader) => reader.ReadBytes(compact: false));
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void Ten_thousand_tagged_fields_are_the_most(int count, bool read)
    {
        var frame = new Bytes().Raw((byte)(count | 0x80), (byte)(count >> 7 | 0x80), (byte)(count >> 14));
        for (int tag = 0; tag < count; tag++)
        {
            frame.Raw((byte)(tag % 100 + 20), 0);
        }

        if (read)
        {
            var reader = new ProtocolReader(frame.ToArray().AsMemory());
            Assert.Empty(ListGroupsRequest.Read(ref reader, 3).StatesFilter);
            Assert.Equal(0, reader.Remaining);
        }
        else
        {
            Refused(frame, (ref ProtocolReader reader) => ListGroupsRequest.Read(ref reader, 3));
        }
    }

    [Fact]
    public void Lengths_are_checked_against_what_is_there()
    {
        Refused(new Bytes().Int16(10).Zeros(9), (ref ProtocolReader reader) => reader.ReadString(compact: false));
        Refused(new Bytes().Int16(-2).Zeros(9), (ref ProtocolReader reader) => reader.ReadNullableString(compact: false));
        Refused(new Bytes().Raw(0x81, 0x80, 0x02).Zeros(40_000), (ref ProtocolReader reader) => reader.ReadString(compact: true));
        Refused(new Bytes().Int32(int.MaxValue).Zeros(9), (ref ProtocolReader reader) => reader.ReadNullableBytes(compact: false));
        Refused(new Bytes().Int32(-7).Zeros(9), (ref ProtocolReader reader) => reader.ReadNullableRecords(compact: false));
        Refused(new Bytes().Raw(0xff, 0xff, 0xff, 0xff, 0x0f), (ref ProtocolReader reader) => reader.ReadNullableBytes(compact: true));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x1f })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    [InlineData(new byte[] { 0x80, 0x80 })]
    public void A_varint_has_at_most_thirty_two_bits(byte[] bytes) =>
        Refused(new Bytes().Raw(bytes), (ref ProtocolReader reader) => reader.ReadUnsignedVarint());

    [Fact]
    public void A_tagged_field_must_be_as_long_as_it_says()
    {
        // ApiVersions 3: no error, no keys, no throttling, then tag 1 (a long) that claims nine bytes.
        byte[] start = new Bytes().Int16(0).Raw(1).Int32(0).ToArray();
        Refused(new Bytes().Raw(start).Raw(1, 1, 9).Zeros(9), (ref ProtocolReader reader) => ApiVersionsResponse.Read(ref reader, 3));
        Refused(new Bytes().Raw(start).Raw(1, 1, 8).Zeros(7), (ref ProtocolReader reader) => ApiVersionsResponse.Read(ref reader, 3));
        var whole = new ProtocolReader(new Bytes().Raw(start).Raw(1, 1, 8).Zeros(7).Raw(5).ToArray().AsMemory());
        Assert.Equal(5, ApiVersionsResponse.Read(ref whole, 3).FinalizedFeaturesEpoch);
    }

    [Fact]
    public void Unknown_tagged_fields_are_passed_over()
    {
        byte[] frame = new Bytes().Int16(0).Raw(1).Int32(0).Raw(3)
            .Raw(1, 8).Zeros(7).Raw(5)
            .Raw(0x90, 0x4e, 3).Text("new")
            .Raw(100, 0)
            .ToArray();
        var reader = new ProtocolReader(frame.AsMemory());
        Assert.Equal(5, ApiVersionsResponse.Read(ref reader, 3).FinalizedFeaturesEpoch);
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void A_string_of_more_than_32767_bytes_is_not_written()
    {
        using var writer = new ProtocolWriter();
        writer.WriteString(new string('x', 32_767), compact: false);
        Assert.Throws<ProtocolWriteException>(() => writer.WriteString(new string('x', 32_768), compact: false));
        Assert.Throws<ProtocolWriteException>(() => writer.WriteString(new string('x', 32_768), compact: true));
    }

    private static void Refused(Bytes frame, Reading read)
    {
        byte[] bytes = frame.ToArray();
        Assert.Throws<ProtocolReadException>(() =>
        {
            var reader = new ProtocolReader(bytes.AsMemory());
            read(ref reader);
        });
    }
}
