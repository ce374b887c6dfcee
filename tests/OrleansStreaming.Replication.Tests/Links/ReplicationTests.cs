using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Replication.Tests.Support;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Tests.Links;

/// <summary>Real logs, real links, three nodes in one process.</summary>
public sealed class ReplicationTests
{
    private static readonly TopicPartition _partition = new("t", 0);

    [Fact]
    public async Task What_is_committed_lies_on_every_replica_byte_for_byte()
    {
        using var nodes = new ReplicaNodes(3);
        nodes.Create(_partition, leader: 1);
        for (var i = 0; i < 50; i++)
        {
            await nodes.AppendAsync(_partition, 1, $"a{i}", $"b{i}");
        }

        AssertSameLogs(nodes, 1, 2, 3);
        await ReplicaNodes.UntilAsync(nodes[3].Replicas.Find(_partition)!, status => status.HighWatermark == new Offset(100));
    }

    [Fact]
    public async Task Many_partitions_share_the_links()
    {
        using var nodes = new ReplicaNodes(2);
        var partitions = Enumerable.Range(0, 40).Select(index => new TopicPartition("many", index)).ToArray();
        foreach (var partition in partitions)
        {
            nodes.Create(partition, leader: 1 + (partition.Partition % 2));
        }

        await Parallel.ForEachAsync(partitions, async (partition, _) =>
        {
            for (var i = 0; i < 20; i++)
            {
                await nodes.AppendAsync(partition, 1 + (partition.Partition % 2), $"{partition}:{i}");
            }
        });
        foreach (var partition in partitions)
        {
            Assert.Equal(nodes[1].LogBytes(partition), nodes[2].LogBytes(partition));
            Assert.Equal(
                Enumerable.Range(0, 20).Select(i => $"{partition}:{i}"),
                Batches.Values(nodes[1].Replicas.Find(partition)!.Read(Offset.Zero, 1_000_000, true, ReadIsolation.LogEnd).Records));
        }
    }

    [Fact]
    public async Task A_follower_that_dies_leaves_and_catches_up_when_it_is_back()
    {
        using var nodes = new ReplicaNodes(3, ReplicaOptions.Default with { MinInSync = 2 });
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "before");
        nodes.Kill(3);
        await nodes.AppendAsync(_partition, 1, [.. Enumerable.Range(0, 200).Select(i => $"while away {i}")]);
        nodes.Start(3);
        await ReplicaNodes.UntilAsync(nodes[3].Replicas.Find(_partition)!, status => status.LogEnd == new Offset(201));
        AssertSameLogs(nodes, 1, 2, 3);
    }

    [Fact]
    public async Task When_the_leader_dies_the_next_one_goes_on_and_the_old_one_is_cut_to_agree()
    {
        using var nodes = new ReplicaNodes(3);
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "committed");

        // Written by the old leader alone, never acknowledged to those that wait for all.
        nodes[1].IsCutOff = true;
        Assert.Equal(ErrorCode.None, (await nodes[1].Replicas.Find(_partition)!.Append(Batches.Request(RequiredAcks.Leader, "lost"))).Error);
        nodes.Kill(1);
        nodes.Elect(_partition, leader: 2);
        await nodes.AppendAsync(_partition, 2, "after");
        nodes.Start(1);
        await ReplicaNodes.UntilAsync(nodes[1].Replicas.Find(_partition)!, status => status.HighWatermark == new Offset(2));
        AssertSameLogs(nodes, 1, 2, 3);
        Assert.Equal(["committed", "after"], ReadAll(nodes[1]));
    }

    [Fact]
    public async Task A_deposed_leader_learns_of_it_and_fails_who_waits()
    {
        using var nodes = new ReplicaNodes(3);
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "committed");
        var old = nodes[1].Replicas.Find(_partition)!;
        nodes[1].IsCutOff = true;
        var appended = await old.Append(Batches.Request(RequiredAcks.All, "never"));
        var waiting = old.AwaitCommitted(appended.EndOffset, appended.LeaderEpoch, TimeSpan.FromSeconds(60));
        nodes.Elect(_partition, leader: 2);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await waiting);
        nodes[1].IsCutOff = false;
        await nodes.AppendAsync(_partition, 2, "after");
        await ReplicaNodes.UntilAsync(old, status => status.HighWatermark == new Offset(2));
        AssertSameLogs(nodes, 1, 2, 3);
    }

    [Fact]
    public async Task Where_every_message_is_synced_followers_sync_before_they_answer()
    {
        using var nodes = new ReplicaNodes(2, ReplicaOptions.Default with { Log = LogOptions.Default with { FlushMessages = 1 } });
        nodes.Create(_partition, leader: 1);
        for (var i = 0; i < 10; i++)
        {
            await nodes.AppendAsync(_partition, 1, $"{i}");
        }

        AssertSameLogs(nodes, 1, 2);
    }

    [Fact]
    public async Task Followers_are_read_up_to_what_they_know_to_be_committed()
    {
        using var nodes = new ReplicaNodes(2);
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "a", "b");
        var follower = nodes[2].Replicas.Find(_partition)!;
        await ReplicaNodes.UntilAsync(follower, status => status.HighWatermark == new Offset(2));
        Assert.False(follower.Status.IsLeader);
        Assert.Equal(new BrokerId(1), follower.Status.Leader);
        Assert.Equal(["a", "b"], ReadAll(nodes[2]));
    }

    [Fact]
    public async Task Batches_larger_than_a_message_get_through()
    {
        using var nodes = new ReplicaNodes(2, ReplicaOptions.Default with { Log = LogOptions.Default with { MaxMessageBytes = 8_000_000 } });
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, new string('x', 3_000_000));
        await nodes.AppendAsync(_partition, 1, "small");
        AssertSameLogs(nodes, 1, 2);
    }

    private static List<string> ReadAll(ReplicaNode node)
    {
        var result = node.Replicas.Find(_partition)!.Read(Offset.Zero, 10_000_000, true, ReadIsolation.ReadUncommitted);
        Assert.Equal(ErrorCode.None, result.Error);
        return Batches.Values(result.Records);
    }

    private static void AssertSameLogs(ReplicaNodes nodes, params int[] ids)
    {
        var expected = nodes[ids[0]].LogBytes(_partition);
        Assert.NotEmpty(expected);
        Assert.All(ids, id => Assert.Equal(expected, nodes[id].LogBytes(_partition)));
    }
}
