using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Replicas;

/// <summary>A flipped bit in a log that was closed cleanly, so that no recovery looks at it.</summary>
public sealed class DamageTests
{
    private static readonly TopicPartition _partition = new("t", 0);

    [Fact]
    public async Task A_damaged_follower_is_cut_and_filled_again_from_the_leader()
    {
        using var nodes = new ReplicaNodes(2);
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "first");
        await nodes.AppendAsync(_partition, 1, "second");
        var good = nodes[1].LogBytes(_partition);
        await nodes.StopAsync(2);
        nodes.FlipBit(2, _partition, good.Length - 3);
        nodes.Start(2);
        var follower = nodes[2].Replicas.Find(_partition)!;
        await ReplicaNodes.UntilAsync(follower, status => status.HighWatermark == new Offset(2));

        Assert.Equal(ErrorCode.CorruptMessage, follower.Read(new Offset(1), 1000, true, ReadIsolation.ReadUncommitted).Error);
        await nodes.AppendAsync(_partition, 1, "third");
        await ReplicaNodes.UntilAsync(follower, status => status.HighWatermark == new Offset(3));
        Assert.Equal(ErrorCode.None, follower.Read(new Offset(1), 1000, true, ReadIsolation.ReadUncommitted).Error);
        Assert.Equal(nodes[1].LogBytes(_partition), nodes[2].LogBytes(_partition));
    }

    [Fact]
    public async Task What_a_follower_refuses_as_corrupt_its_leader_reads_again_and_serves_no_more()
    {
        using var nodes = new ReplicaNodes(2);
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "first");
        var second = nodes[1].LogBytes(_partition).Length;
        await nodes.StopAsync(2);
        await nodes.AppendAsync(_partition, 1, "second");
        var leader = nodes[1].Replicas.Find(_partition)!;

        // The disk forgets what this process wrote, and therefore believes in.
        nodes.FlipBit(1, _partition, nodes[1].LogBytes(_partition).Length - 3);
        Assert.True(nodes[1].LogBytes(_partition).Length > second);
        Assert.Equal(ErrorCode.None, leader.Read(new Offset(1), 1000, true, ReadIsolation.ReadUncommitted).Error);
        nodes.Start(2);
        await WaitAsync(() => !nodes[1].Resignations.IsEmpty);

        Assert.Equal(ErrorCode.CorruptMessage, nodes[1].Resignations.First().Reason);
        Assert.Equal(ErrorCode.CorruptMessage, leader.Read(new Offset(1), 1000, true, ReadIsolation.ReadUncommitted).Error);
        Assert.Equal(ErrorCode.None, leader.Read(Offset.Zero, 10, true, ReadIsolation.ReadUncommitted).Error);
        Assert.Equal(new Offset(1), nodes[2].Replicas.Find(_partition)!.Status.LogEnd);
    }

    [Fact]
    public async Task A_damaged_leader_gives_way()
    {
        using var nodes = new ReplicaNodes(2);
        nodes.Create(_partition, leader: 1);
        await nodes.AppendAsync(_partition, 1, "first");
        await nodes.StopAsync(2);
        nodes.FlipBit(2, _partition, nodes[1].LogBytes(_partition).Length - 3);
        nodes.Start(2);
        await ReplicaNodes.UntilAsync(nodes[2].Replicas.Find(_partition)!, status => status.HighWatermark == new Offset(1));
        nodes.Elect(_partition, leader: 2);
        Assert.Equal(
            ErrorCode.CorruptMessage,
            nodes[2].Replicas.Find(_partition)!.Read(Offset.Zero, 1000, true, ReadIsolation.ReadUncommitted).Error);
        nodes[2].Replicas.Find(_partition)!.Tick();
        Assert.Equal(ErrorCode.CorruptMessage, Assert.Single(nodes[2].Resignations).Reason);
    }

    private static async Task WaitAsync(Func<bool> isAsWanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isAsWanted())
        {
            await Task.Delay(10, limit.Token);
        }
    }
}
