using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fetching;

/// <summary>Reading from the replica in the client's own rack (KIP-392). Broker n stands in rack-n; broker 3 is down.</summary>
public sealed class FollowerFetchTests
{
    private const string RackAware = "RackAwareReplicaSelector";

    [Theory]
    [InlineData(RackAware, "rack-2", 11, 2)]
    [InlineData("org.apache.kafka.common.replica.RackAwareReplicaSelector", "rack-2", 12, 2)]
    [InlineData(RackAware, "rack-1", 12, -1)]
    [InlineData(RackAware, "rack-3", 12, -1)]
    [InlineData(RackAware, "rack-9", 12, -1)]
    [InlineData(RackAware, "", 12, -1)]
    [InlineData("org.apache.kafka.common.replica.LeaderSelector", "rack-2", 12, -1)]
    [InlineData(null, "rack-2", 12, -1)]
    public async Task The_leader_sends_clients_to_their_rack(string? selector, string rack, short version, int expected)
    {
        await using var broker = await StartAsync(selector);
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(Fetch(0, rack), version));

        Assert.Equal((0, expected), (answer.ErrorCode, answer.PreferredReadReplica));
        Assert.Equal(expected < 0, answer.Records!.Length > 0);
        Assert.Equal(2, answer.HighWatermark);
    }

    [Fact]
    public async Task Older_clients_are_never_sent_away()
    {
        await using var broker = await StartAsync(RackAware);
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(Fetch(0, ""), 10));

        Assert.True(answer.Records!.Length > 0);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, -1)]
    public async Task Only_for_offsets_that_the_other_surely_has(long offset, int expected)
    {
        await using var broker = await StartAsync(RackAware);
        broker.Replicas["spread", 0].CommitsAtOnce = false;
        broker.Replicas["spread", 0].Store(Batches.Of("not committed"));
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(Fetch(offset, "rack-2", maxWaitMs: 0), 12));

        Assert.Equal((0, expected), (answer.ErrorCode, answer.PreferredReadReplica));
    }

    [Theory]
    [InlineData(0, new[] { 1 })]
    [InlineData(4, new[] { 1, 2 })]
    public async Task Only_to_replicas_that_are_in_sync_by_metadata_of_this_epoch(int epoch, int[] inSync)
    {
        await using var broker = await StartAsync(RackAware);
        var topic = broker.Cluster.Current.Topics["spread"];
        broker.Cluster.Put(FakeClusters.With(topic, new PartitionDescription
        {
            Partition = 0,
            Leader = new BrokerId(1),
            LeaderEpoch = new LeaderEpoch(0),
            PartitionEpoch = new PartitionEpoch(1),
            Replicas = topic.Partitions[0].Replicas,
            InSyncReplicas = [.. inSync.Select(id => new BrokerId(id))],
        }));
        broker.Replicas["spread", 0].Lead(true, epoch);
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(Fetch(0, "rack-2"), 12));

        Assert.Equal(-1, answer.PreferredReadReplica);
        Assert.True(answer.Records!.Length > 0);
    }

    [Fact]
    public async Task A_follower_serves_what_it_knows_to_be_committed()
    {
        await using var broker = await StartAsync(RackAware);
        var replica = broker.Replicas["spread", 0];
        replica.CommitsAtOnce = false;
        replica.Store(Batches.Of("not committed"));
        replica.Lead(false, 3, 2);
        var client = await broker.ConnectAsync();

        var committed = Requests.Single(await client.AskAsync<FetchResponse>(Fetch(0, "rack-1", leaderEpoch: 3), 12));
        await client.SendAsync(Fetch(2, "rack-1", leaderEpoch: 3), 12);
        await replica.Parked.WaitAsync();
        replica.Commit();
        var later = Requests.Single(await client.ReceiveAsync<FetchResponse>());

        Assert.Equal((0, 2L, -1), ((int)committed.ErrorCode, committed.HighWatermark, committed.PreferredReadReplica));
        Assert.Equal(replica.Batches[0], Batches.Bytes(committed.Records));
        Assert.Equal((0, 3L), ((int)later.ErrorCode, later.HighWatermark));
        Assert.Equal(replica.Batches[1], Batches.Bytes(later.Records));
    }

    [Theory]
    [InlineData(10, 0, -1, ErrorCode.NotLeaderOrFollower)]
    [InlineData(12, 0, 2, ErrorCode.FencedLeaderEpoch)]
    [InlineData(12, 0, 4, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(12, 3, 3, ErrorCode.OffsetOutOfRange)]
    [InlineData(12, 0, 3, ErrorCode.OffsetOutOfRange)]
    public async Task What_a_follower_refuses(short version, long offset, int leaderEpoch, ErrorCode expected)
    {
        await using var broker = await StartAsync(RackAware);
        broker.Replicas["spread", 0].Trim(1);
        broker.Replicas["spread", 0].Lead(false, 3, 2);
        var client = await broker.ConnectAsync();

        var answer = Requests.Single(await client.AskAsync<FetchResponse>(Fetch(offset, version >= 11 ? "rack-1" : "", leaderEpoch: leaderEpoch), version));

        Assert.Equal((short)expected, answer.ErrorCode);
        Assert.Empty(Batches.Bytes(answer.Records));
    }

    private static async Task<TestBroker> StartAsync(string? selector)
    {
        var broker = await TestBroker.StartAsync(options =>
        {
            if (selector is not null)
            {
                options.Configs = new Dictionary<string, string> { ["replica.selector.class"] = selector };
            }
        });
        broker.Cluster.AddReplicated("spread", 1, 2, 3);
        broker.Replicas["spread", 0].Store(Batches.Of("a", "b"));
        return broker;
    }

    private static FetchRequest Fetch(long offset, string rack, int maxWaitMs = 500, int leaderEpoch = -1)
    {
        var request = Requests.Fetch(offset, topic: "spread", maxWaitMs: maxWaitMs, leaderEpoch: leaderEpoch);
        request.RackId = rack;
        return request;
    }
}
