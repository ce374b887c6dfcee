using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fetching;

/// <summary>Fencing and divergence by leader epoch (KIP-320), in fetches and where a client asks for epochs itself.</summary>
public sealed class LeaderEpochTests
{
    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(4, ErrorCode.FencedLeaderEpoch)]
    [InlineData(5, ErrorCode.None)]
    [InlineData(6, ErrorCode.UnknownLeaderEpoch)]
    public async Task Fetch_compares_the_epoch_unless_it_is_unknown(int epoch, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Lead(true, 5);
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<FetchResponse>(Requests.Fetch(leaderEpoch: epoch), 12);

        Assert.Equal((short)expected, Requests.Single(answer).ErrorCode);
        Assert.Equal(expected is ErrorCode.None, Requests.Single(answer).Records!.Length > 0);
    }

    [Theory]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(4, ErrorCode.FencedLeaderEpoch)]
    [InlineData(5, ErrorCode.None)]
    [InlineData(6, ErrorCode.UnknownLeaderEpoch)]
    public async Task So_do_ListOffsets_and_OffsetForLeaderEpoch(int epoch, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Lead(true, 5);
        var client = await broker.ConnectAsync();
        var offsets = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, CurrentLeaderEpoch = epoch, Timestamp = -1 }] }],
        };
        var ends = new OffsetForLeaderEpochRequest
        {
            Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, CurrentLeaderEpoch = epoch, LeaderEpoch = 5 }] }],
        };

        var listed = await client.AskAsync<ListOffsetsResponse>(offsets, 7);
        var ended = await client.AskAsync<OffsetForLeaderEpochResponse>(ends, 4);

        Assert.Equal((short)expected, listed.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal((short)expected, ended.Topics[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(11, -1)]
    [InlineData(12, -1)]
    [InlineData(15, -1)]
    [InlineData(16, 2)]
    [InlineData(17, 2)]
    public async Task A_client_at_the_wrong_broker_is_told_the_right_one(short version, int leader)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddTopic("elsewhere", 1, new BrokerId(2));
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 500, MinBytes = 1, MaxBytes = 1_000 };
        Requests.AddPartition(request, 0, 0, topic: "elsewhere", topicId: version >= 13 ? topic.Id.Value : default);

        var answer = await client.AskAsync<FetchResponse>(request, version);

        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, Requests.Single(answer).ErrorCode);
        Assert.Equal(leader, Requests.Single(answer).CurrentLeader.LeaderId);
        Assert.Equal(version >= 16 ? [(2, "host-2", 9092)] : [], answer.NodeEndpoints.Select(node => (node.NodeId, node.Host, node.Port)));
    }

    [Theory]
    [InlineData(5, 2, 5, 2)]
    [InlineData(0, 2, 0, 1)]
    public async Task A_client_of_a_former_epoch_is_told_the_newest_leader_that_is_known(int epochHere, int leaderHere, int toldEpoch, int toldLeader)
    {
        // The metadata knows broker 1 in epoch 0.
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Lead(false, epochHere, leaderHere);
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 500, MinBytes = 1, MaxBytes = 1_000 };
        Requests.AddPartition(request, 0, 0, leaderEpoch: epochHere - 1, topicId: broker.Cluster.Current.Topics["t"].Id.Value);
        var produce = new ProduceRequest { Acks = 1, TimeoutMs = 1_000 };
        Requests.AddBatch(produce, Batches.Of("a"), 0);

        var produced = Requests.Single(await client.AskAsync<ProduceResponse>(produce, 10));

        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, produced.ErrorCode);
        Assert.Equal((toldLeader, toldEpoch), (produced.CurrentLeader.LeaderId, produced.CurrentLeader.LeaderEpoch));
        if (epochHere > 0)
        {
            var fetched = await client.AskAsync<FetchResponse>(request, 16);
            Assert.Equal((short)ErrorCode.FencedLeaderEpoch, Requests.Single(fetched).ErrorCode);
            Assert.Equal((toldLeader, toldEpoch), (Requests.Single(fetched).CurrentLeader.LeaderId, Requests.Single(fetched).CurrentLeader.LeaderEpoch));
            Assert.Equal([toldLeader], fetched.NodeEndpoints.Select(node => node.NodeId));
        }
    }

    [Fact]
    public async Task A_leader_that_is_down_is_not_pointed_to()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddTopic("orphan", 1, new BrokerId(3));
        broker.Replicas.Remove(new TopicPartition("orphan", 0));
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 500, MinBytes = 1, MaxBytes = 1_000 };
        Requests.AddPartition(request, 0, 0, topicId: topic.Id.Value);

        var answer = await client.AskAsync<FetchResponse>(request, 16);

        Assert.Equal(((short)ErrorCode.NotLeaderOrFollower, -1), (Requests.Single(answer).ErrorCode, Requests.Single(answer).CurrentLeader.LeaderId));
        Assert.Empty(answer.NodeEndpoints);
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(1, -1)]
    public async Task A_last_epoch_that_says_nothing_here_is_out_of_range(int lastFetchedEpoch, long offset)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas["t", 0].Lead(true, 1);
        broker.Replicas["t", 0].Store(Batches.Of("a"));
        var client = await broker.ConnectAsync();
        var request = Requests.Fetch(offset);
        request.Topics[0].Partitions[0].LastFetchedEpoch = lastFetchedEpoch;

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(request, 12));

        Assert.Equal((short)ErrorCode.OffsetOutOfRange, answer.ErrorCode);
        Assert.Equal(-1, answer.DivergingEpoch.Epoch);
    }

    [Theory]
    [InlineData(0, 1, -1, -1)]
    [InlineData(0, 2, 0, 1)]
    [InlineData(2, 3, -1, -1)]
    [InlineData(1, 3, 0, 1)]
    public async Task A_log_that_took_another_way_is_told_where_it_parted(int lastFetchedEpoch, long offset, int divergingEpoch, long divergingEnd)
    {
        // Epoch 0 holds offset 0, epoch 2 holds offsets 1 and 2; epoch 1 wrote nothing here.
        await using var broker = await TestBroker.StartAsync();
        var replica = broker.Replicas["t", 0];
        replica.Store(Batches.Of("a"));
        replica.Lead(true, 2);
        replica.Store(Batches.Of("b"));
        replica.Store(Batches.Of("c"));
        var client = await broker.ConnectAsync();
        var request = new FetchRequest { MaxWaitMs = 0, MinBytes = 1, MaxBytes = 1_000 };
        Requests.AddPartition(request, offset, 0).LastFetchedEpoch = lastFetchedEpoch;

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(request, 12));

        Assert.Equal((short)ErrorCode.None, answer.ErrorCode);
        Assert.Equal((divergingEpoch, divergingEnd), (answer.DivergingEpoch.Epoch, answer.DivergingEpoch.EndOffset));
        if (divergingEpoch >= 0)
        {
            Assert.Empty(Batches.Bytes(answer.Records));
        }
    }

    [Fact]
    public async Task OffsetForLeaderEpoch_tells_where_an_epoch_ended_or_that_it_cannot_say()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("elsewhere", 1, new BrokerId(2));
        var replica = broker.Replicas["t", 0];
        replica.Lead(true, 1);
        replica.Store(Batches.Of("a", "b"));
        replica.Lead(true, 3);
        replica.Store(Batches.Of("c"));
        var client = await broker.ConnectAsync();
        var request = new OffsetForLeaderEpochRequest
        {
            Topics =
            [
                new() { Topic = "t", Partitions = [Ask(0, 1), Ask(0, 2), Ask(0, 3), Ask(0, 0), Ask(0, 9), Ask(7, 0)] },
                new() { Topic = "elsewhere", Partitions = [Ask(0, 0)] },
            ],
        };

        var answer = await client.AskAsync<OffsetForLeaderEpochResponse>(request, 4);

        Assert.Equal(
            [
                (ErrorCode.None, 1, 2L), (ErrorCode.None, 1, 2L), (ErrorCode.None, 3, 3L), (ErrorCode.None, -1, -1L), (ErrorCode.None, -1, -1L),
                (ErrorCode.UnknownTopicOrPartition, -1, -1L), (ErrorCode.NotLeaderOrFollower, -1, -1L),
            ],
            answer.Topics.SelectMany(topic => topic.Partitions).Select(end => ((ErrorCode)end.ErrorCode, end.LeaderEpoch, end.EndOffset)));
    }

    private static OffsetForLeaderEpochRequest.OffsetForLeaderPartition Ask(int partition, int epoch) => new() { Partition = partition, LeaderEpoch = epoch };
}
