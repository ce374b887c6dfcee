using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class ListOffsetsTests
{
    [Theory]
    [InlineData(-1, -1, 4, 2)]
    [InlineData(-2, -1, 1, 1)]
    [InlineData(-3, 3_000, 1, 1)]
    [InlineData(-4, -1, 1, 1)]
    [InlineData(0, 1_000, 0, 1)]
    [InlineData(1_001, 3_000, 1, 1)]
    [InlineData(3_000, 3_000, 1, 1)]
    [InlineData(3_001, -1, -1, -1)]
    public async Task Offsets_by_time(long asked, long timestamp, long offset, int epoch)
    {
        await using var broker = await FilledAsync();
        var client = await broker.ConnectAsync();

        var answer = await AskAsync(client, Request(asked), 8);

        Assert.Equal((0, timestamp, offset, epoch), (answer.ErrorCode, answer.Timestamp, answer.Offset, answer.LeaderEpoch));
    }

    [Theory]
    [InlineData(-3, 6, ErrorCode.UnsupportedVersion)]
    [InlineData(-3, 7, ErrorCode.None)]
    [InlineData(-4, 7, ErrorCode.UnsupportedVersion)]
    [InlineData(-4, 8, ErrorCode.None)]
    [InlineData(-5, 8, ErrorCode.UnsupportedVersion)]
    [InlineData(-2, 1, ErrorCode.None)]
    public async Task Special_timestamps_have_their_versions(long asked, short version, ErrorCode expected)
    {
        await using var broker = await FilledAsync();
        var client = await broker.ConnectAsync();

        var answer = await AskAsync(client, Request(asked), version);

        Assert.Equal((short)expected, answer.ErrorCode);
        Assert.Equal(expected is ErrorCode.None, answer.Offset >= 0);
    }

    [Theory]
    [InlineData(-1, 0, 3)]
    [InlineData(-1, 1, 2)]
    [InlineData(-2, 0, 4)]
    [InlineData(-2, 1, 4)]
    public async Task The_end_depends_on_who_asks(int replicaId, sbyte isolation, long expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.CommitsAtOnce = false;
        replica.Store(Batches.Of("a", "b"));
        replica.Store(Batches.Of("c"));
        replica.Commit(lastStable: new Offset(2));
        replica.Store(Batches.Of("d"));
        var client = await broker.ConnectAsync();
        var request = Request(-1);
        (request.ReplicaId, request.IsolationLevel) = (replicaId, isolation);

        Assert.Equal(expected, (await AskAsync(client, request, 5)).Offset);
    }

    [Theory]
    [InlineData(-1, 5, ErrorCode.OffsetNotAvailable, -1)]
    [InlineData(-1, 4, ErrorCode.LeaderNotAvailable, -1)]
    [InlineData(1_500, 5, ErrorCode.OffsetNotAvailable, -1)]
    [InlineData(-3, 7, ErrorCode.OffsetNotAvailable, -1)]
    [InlineData(1_000, 5, ErrorCode.None, 0)]
    [InlineData(-2, 5, ErrorCode.None, 0)]
    public async Task A_new_leader_does_not_say_where_the_log_ends_until_its_own_epoch_is_committed(long asked, short version, ErrorCode expected, long offset)
    {
        await using var broker = await BehindAsync();
        var client = await broker.ConnectAsync();

        var answer = await AskAsync(client, Request(asked), version);

        Assert.Equal((expected, offset), ((ErrorCode)answer.ErrorCode, answer.Offset));
    }

    [Fact]
    public async Task Then_it_says_it()
    {
        await using var broker = await BehindAsync();
        var client = await broker.ConnectAsync();
        broker.Replicas["t", 0].Commit();
        broker.Replicas["t", 0].Store(Batches.At(9_000, "of this epoch, not committed"));

        var latest = await AskAsync(client, Request(-1), 5);
        var greatest = await AskAsync(client, Request(-3), 7);

        Assert.Equal((0, 2L), ((int)latest.ErrorCode, latest.Offset));
        // The record with the greatest timestamp is not committed, so nobody may know of it.
        Assert.Equal((0, -1L), ((int)greatest.ErrorCode, greatest.Offset));
    }

    [Theory]
    [InlineData(-1, ErrorCode.NotLeaderOrFollower, -1)]
    [InlineData(-2, ErrorCode.None, 2)]
    public async Task Only_the_leader_answers_but_for_tools_that_look_at_a_replica(int replicaId, ErrorCode expected, long offset)
    {
        await using var broker = await BehindAsync();
        broker.Replicas["t", 0].Lead(false, 6, 2);
        var client = await broker.ConnectAsync();
        var request = Request(-1);
        request.ReplicaId = replicaId;

        var answer = await AskAsync(client, request, 5);

        Assert.Equal((expected, offset), ((ErrorCode)answer.ErrorCode, answer.Offset));
    }

    [Fact]
    public async Task An_empty_log_has_no_greatest_timestamp()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await AskAsync(client, Request(-3), 7);

        Assert.Equal(((short)0, -1L, -1L), (answer.ErrorCode, answer.Timestamp, answer.Offset));
    }

    [Fact]
    public async Task Partitions_that_are_not_here()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("elsewhere", 1, new BrokerId(2));
        var client = await broker.ConnectAsync();
        var request = Request(-1);
        request.Topics.Add(new() { Name = "elsewhere", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] });
        request.Topics.Add(new() { Name = "nowhere", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] });

        var answer = await client.AskAsync<ListOffsetsResponse>(request, 7);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.NotLeaderOrFollower, ErrorCode.UnknownTopicOrPartition],
            answer.Topics.Select(topic => (ErrorCode)topic.Partitions[0].ErrorCode));
    }

    [Fact]
    public async Task A_partition_named_twice_is_refused_and_the_others_are_not()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Request(-1);
        request.Topics[0].Partitions.AddRange([new() { PartitionIndex = 1, Timestamp = -2 }, new() { PartitionIndex = 1, Timestamp = -1 }]);

        var answer = await client.AskAsync<ListOffsetsResponse>(request, 7);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest],
            answer.Topics[0].Partitions.Select(partition => (ErrorCode)partition.ErrorCode));
    }

    /// <summary>Offset 0 at 1,000 and 1 at 3,000 under epoch 1, offsets 2 and 3 at 2,000 under epoch 2; the log starts at 1.</summary>
    /// <summary>The leader of epoch 5 has a record of epoch 4, at 2,000, that it does not know to be committed.</summary>
    private static async Task<TestBroker> BehindAsync()
    {
        var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.Lead(true, 4);
        replica.Store(Batches.At(1_000, "committed"));
        replica.CommitsAtOnce = false;
        replica.Store(Batches.At(2_000, "not yet"));
        replica.Lead(true, 5);
        return broker;
    }

    private static async Task<TestBroker> FilledAsync()
    {
        var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.Lead(true, 1);
        replica.Store(Batches.At(1_000, "a"));
        replica.Store(Batches.At(3_000, "b"));
        replica.Lead(true, 2);
        replica.Store(Batches.At(2_000, "c"));
        replica.Store(Batches.At(2_000, "d"));
        await replica.DeleteRecords(new Offset(1));
        return broker;
    }

    private static ListOffsetsRequest Request(long timestamp) => new()
    {
        ReplicaId = -1,
        Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Timestamp = timestamp }] }],
    };

    private static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> AskAsync(KafkaClient client, ListOffsetsRequest request, short version) =>
        Assert.Single(Assert.Single((await client.AskAsync<ListOffsetsResponse>(request, version)).Topics).Partitions);
}
