using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class DeleteRecordsTests
{
    [Theory]
    [InlineData(1, ErrorCode.None, 1)]
    [InlineData(-1, ErrorCode.None, 2)]
    [InlineData(3, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData(-2, ErrorCode.OffsetOutOfRange, -1)]
    public async Task The_log_start_moves(long before, ErrorCode expected, long lowWatermark)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Store(Batches.Of("a", "b"));
        var client = await broker.ConnectAsync();

        var answer = await AskAsync(client, "t", before);

        Assert.Equal(((short)expected, lowWatermark), (answer.ErrorCode, answer.LowWatermark));
        Assert.Equal(Math.Max(0, lowWatermark), broker.Replicas["t", 0].Status.LogStart.Value);
    }

    [Fact]
    public async Task Partitions_that_are_not_here()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("elsewhere", 1, new BrokerId(2));
        var client = await broker.ConnectAsync();

        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, (await AskAsync(client, "elsewhere", 0)).ErrorCode);
        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, (await AskAsync(client, "nowhere", 0)).ErrorCode);
    }

    [Theory]
    [InlineData(true, ErrorCode.RequestTimedOut)]
    [InlineData(false, ErrorCode.UnknownServerError)]
    public async Task A_replica_that_does_not_answer(bool isTimeout, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].OnDeleteRecords = _ => Task.FromException<DeleteRecordsResult>(
            isTimeout ? new TimeoutException("No answer.") : new InvalidOperationException("Broken."));
        var client = await broker.ConnectAsync();

        Assert.Equal((short)expected, (await AskAsync(client, "t", 0)).ErrorCode);
        Assert.Single(broker.Log.Shown);
    }

    private static async Task<DeleteRecordsResponse.DeleteRecordsPartitionResult> AskAsync(KafkaClient client, string topic, long before)
    {
        var request = new DeleteRecordsRequest { Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Offset = before }] }] };
        return Assert.Single(Assert.Single((await client.AskAsync<DeleteRecordsResponse>(request, 2)).Topics).Partitions);
    }
}
