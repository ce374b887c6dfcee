using System.Buffers;
using System.Runtime.InteropServices;
using OrleansStreaming.Allocations;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Protocol.Tests;

/// <summary>Record batches pass through untouched, and the hot paths cost what their topics and partitions cost.</summary>
public sealed class RecordsTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(13)]
    public void Records_read_are_slices_of_the_frame(short version)
    {
        byte[] frame = Codec.Write(Request(partitions: 2, recordBytes: 1000), version);
        var reader = new ProtocolReader(frame.AsMemory());
        ProduceRequest read = ProduceRequest.Read(ref reader, version);
        foreach (ProduceRequest.PartitionProduceData partition in read.TopicData[0].PartitionData)
        {
            var records = Assert.IsType<MemoryRecords>(partition.Records);
            Assert.Equal(1000, records.Length);
            Assert.True(MemoryMarshal.TryGetArray(records.Bytes.First, out ArraySegment<byte> slice));
            Assert.Same(frame, slice.Array);
            Assert.Equal((byte)(partition.Index + 1), records.Bytes.FirstSpan[0]);
        }
    }

    [Fact]
    public void Records_across_segments_are_slices_too()
    {
        byte[] frame = Codec.Write(Request(partitions: 1, recordBytes: 1000), 9);
        var reader = new ProtocolReader(Segments.Cut(frame, new Random(3), longest: 90));
        var records = (MemoryRecords)ProduceRequest.Read(ref reader, 9).TopicData[0].PartitionData[0].Records!;
        Assert.False(records.Bytes.IsSingleSegment);
        Assert.True(MemoryMarshal.TryGetArray(records.Bytes.First, out ArraySegment<byte> slice));
        Assert.Same(frame, slice.Array);
        Assert.Equal(Enumerable.Repeat((byte)1, 1000), records.Bytes.ToArray());
    }

    [Fact]
    public void Records_written_are_splices()
    {
        var first = new MemoryRecords(new byte[] { 1, 2, 3 }.AsMemory());
        var second = new MemoryRecords(new byte[] { 4, 5 }.AsMemory());
        var response = new FetchResponse();
        response.Responses.Add(new()
        {
            Topic = "t",
            Partitions = { new() { Records = first }, new() { PartitionIndex = 1, Records = MemoryRecords.Empty }, new() { PartitionIndex = 2, Records = second } },
        });
        using var writer = new ProtocolWriter();
        response.Write(writer, 4);

        Assert.Equal([first, second], writer.Splices.Select(splice => splice.Source));
        Assert.Equal(writer.Written.Length + 5, writer.TotalLength);
        byte[] all = writer.ToArray();
        int at = writer.Splices[0].Position;
        Assert.Equal([0, 0, 0, 3, 1, 2, 3], all[(at - 4)..(at + 3)]);
        Assert.Equal([0, 0, 0, 2, 4, 5], all[^6..]);

        writer.Reset();
        Assert.Equal(0, writer.TotalLength);
        Assert.Empty(writer.Splices);
        Assert.True(writer.Written.IsEmpty);
    }

    [Fact]
    public void Null_and_empty_records_differ()
    {
        var request = new ProduceRequest();
        request.TopicData.Add(new() { PartitionData = { new(), new() { Records = MemoryRecords.Empty } } });
        var reader = new ProtocolReader(Codec.Write(request, 9).AsMemory());
        List<ProduceRequest.PartitionProduceData> read = ProduceRequest.Read(ref reader, 9).TopicData[0].PartitionData;
        Assert.Null(read[0].Records);
        Assert.Equal(0, read[1].Records!.Length);
    }

    [Fact]
    public void Byte_fields_outlive_the_frame()
    {
        byte[] frame = Codec.Write(new SaslAuthenticateRequest { AuthBytes = new byte[] { 7, 7 } }, 2);
        var reader = new ProtocolReader(frame.AsMemory());
        SaslAuthenticateRequest read = SaslAuthenticateRequest.Read(ref reader, 2);
        Array.Clear(frame);
        Assert.Equal([7, 7], read.AuthBytes.ToArray());
    }

    [Fact]
    public void Reading_a_produce_allocates_the_same_whatever_the_records_weigh()
    {
        long light = Read(Codec.Write(Request(partitions: 20, recordBytes: 200), 9));
        long heavy = Read(Codec.Write(Request(partitions: 20, recordBytes: 200_000), 9));
        Assert.Equal(light, heavy);
        Assert.InRange(heavy, 1, 20 * 200 + 1_000);

        static long Read(byte[] frame) => Allocated.Least(() =>
        {
            var reader = new ProtocolReader(frame.AsMemory());
            ProduceRequest.Read(ref reader, 9);
        });
    }

    [Fact]
    public void Writing_a_fetch_response_into_a_used_writer_allocates_nothing()
    {
        var response = new FetchResponse();
        var topic = new FetchResponse.FetchableTopicResponse { TopicId = Guid.NewGuid() };
        for (int partition = 0; partition < 50; partition++)
        {
            topic.Partitions.Add(new() { PartitionIndex = partition, Records = new MemoryRecords(new byte[100].AsMemory()) });
        }

        response.Responses.Add(topic);
        using var writer = new ProtocolWriter();
        Assert.Equal(0, Allocated.Least(() =>
        {
            writer.Reset();
            response.Write(writer, 16);
        }));
    }

    [Fact]
    public void A_disposed_writer_writes_no_more()
    {
        var writer = new ProtocolWriter();
        writer.WriteInt32(1);
        writer.Dispose();
        writer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => writer.WriteInt32(1));
    }

    private static ProduceRequest Request(int partitions, int recordBytes)
    {
        var topic = new ProduceRequest.TopicProduceData { Name = "topic" };
        for (int partition = 0; partition < partitions; partition++)
        {
            var records = new byte[recordBytes];
            Array.Fill(records, (byte)(partition + 1));
            topic.PartitionData.Add(new() { Index = partition, Records = new MemoryRecords(records.AsMemory()) });
        }

        return new ProduceRequest { TopicData = { topic } };
    }
}
