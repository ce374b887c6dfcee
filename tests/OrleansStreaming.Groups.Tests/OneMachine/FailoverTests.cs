using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.OneMachine;

/// <summary>Groups on three brokers, whose coordinator's broker dies or stops.</summary>
public sealed class FailoverTests
{
    private static readonly GroupTopicPartition _partition = new("t", 0);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Groups_go_on_with_the_next_coordinator_and_no_commit_is_lost(bool isKilled)
    {
        await using var cluster = await GroupCluster.StartAsync();
        await BeatAsync(cluster, "a", 0, []);
        await BeatAsync(cluster, "b", 0, []);
        var kept = (await BeatAsync(cluster, "a", 1)).Assignment!.Single().Partitions;
        Assert.Equal([ErrorCode.None], (await CommitAsync(cluster, "consumers", "a", 1, 42)).PartitionErrors);
        var classic = await JoinClassicAsync(cluster);
        Assert.Equal([ErrorCode.None], (await CommitAsync(cluster, "classic", classic, 1, 7)).PartitionErrors);

        // In the middle of a rebalance: b waits for what a has still to give up.
        var former = cluster.Coordinator;
        if (isKilled)
        {
            cluster.Kill(former);
        }
        else
        {
            await cluster.StopAsync(former);
        }

        Assert.Equal(2, (await BeatAsync(cluster, "a", 1, kept)).MemberEpoch);
        Assert.NotEqual(former, cluster.Coordinator);
        var rest = (await BeatAsync(cluster, "b", 2)).Assignment!.Single().Partitions;
        Assert.Equal([0, 1, 2, 3], kept.Concat(rest).Order());
        Assert.Equal(ErrorCode.StaleMemberEpoch, (await CommitAsync(cluster, "consumers", "a", 1, 43)).Error);
        Assert.Equal([ErrorCode.None], (await CommitAsync(cluster, "consumers", "a", 2, 43)).PartitionErrors);
        Assert.Equal((43, 7), (await CommittedAsync(cluster, "consumers"), await CommittedAsync(cluster, "classic")));
        Assert.Equal(ErrorCode.None, await cluster.AskAsync("classic", group => group.Heartbeat(new HeartbeatCommand { MemberId = classic, Generation = 1 }), error => error));
        Assert.Equal([ErrorCode.None], (await CommitAsync(cluster, "classic", classic, 1, 8)).PartitionErrors);

        await cluster.StartAsync(former);
        var current = cluster.Coordinator;
        Assert.Equal(["classic", "consumers"], (await cluster.ListAsync(current)).GroupIds.Order());
        Assert.All(new[] { 1, 2, 3 }.Except([current]), broker => Assert.Equal(ErrorCode.NotCoordinator, cluster.ListAsync(broker).Result.Error));
        Assert.Equal(8, await CommittedAsync(cluster, "classic"));
    }

    private static Task<ConsumerHeartbeatResult> BeatAsync(GroupCluster cluster, string member, int epoch, int[]? owned = null)
    {
        var command = new ConsumerHeartbeatCommand
        {
            MemberId = member,
            MemberEpoch = epoch,
            RebalanceTimeoutMs = epoch == 0 ? 60_000 : -1,
            TopicNames = epoch == 0 ? ["t"] : null,
            Owned = owned is null ? null : owned.Length == 0 ? [] : [new TopicPartitions { TopicId = cluster.Topic, Partitions = owned }],
        };
        return cluster.AskAsync("consumers", group => group.ConsumerHeartbeat(command), static result => result.Error);
    }

    private static Task<OffsetsResult> CommitAsync(GroupCluster cluster, string group, string member, int epoch, long offset)
    {
        var command = new CommitOffsetsCommand
        {
            MemberId = member,
            Generation = epoch,
            KnowsMemberEpochs = true,
            Offsets = [new OffsetToCommit { Partition = _partition, Offset = new Offset(offset) }],
        };
        return cluster.AskAsync(group, grain => grain.CommitOffsets(command), static result => result.Error);
    }

    private static async Task<long> CommittedAsync(GroupCluster cluster, string group) =>
        (await cluster.AskAsync(group, static grain => grain.FetchOffsets([_partition]), static result => result.Error)).Offsets.Single().Value!.Offset.Value;

    private static async Task<string> JoinClassicAsync(GroupCluster cluster)
    {
        var joined = await cluster.AskAsync(
            "classic",
            static group => group.Join(new JoinGroupCommand
            {
                MemberId = "",
                ProtocolType = "consumer",
                Protocols = [new JoinProtocol { Name = "range", Metadata = [1] }],
                SessionTimeoutMs = 60_000,
                RebalanceTimeoutMs = 60_000,
            }),
            static result => result.Error);
        var synced = await cluster.AskAsync(
            "classic",
            group => group.Sync(new SyncGroupCommand
            {
                MemberId = joined.MemberId,
                Generation = joined.Generation,
                Assignments = [new MemberAssignment { MemberId = joined.MemberId, Assignment = [9] }],
            }),
            static result => result.Error);
        Assert.Equal(ErrorCode.None, synced.Error);
        return joined.MemberId;
    }
}
