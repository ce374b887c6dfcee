using System.Buffers;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Groups.Tests.Support;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Coordinators;

public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("groups").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Offsets_and_members_survive_a_restart(bool isClean)
    {
        string member;
        await using (var broker = await GroupBroker.StartAsync(_folder))
        {
            await PrepareAsync(broker);
            member = await JoinAsync(broker.Group("g"));
            Assert.Equal([ErrorCode.None], (await CommitAsync(broker.Group("g"), "t", 42, member, 1)).PartitionErrors);
            Assert.Equal([ErrorCode.None], (await CommitAsync(broker.Group("simple"), "t", 7)).PartitionErrors);
            if (!isClean)
            {
                await broker.CrashAsync();
            }
        }

        await using var again = await GroupBroker.StartAsync(_folder);
        var group = again.Group("g");
        Assert.Equal(42, await CommittedAsync(group));
        Assert.Equal(7, await CommittedAsync(again.Group("simple")));
        Assert.Equal(GroupState.Stable, (await group.Describe()).State);
        Assert.Equal(ErrorCode.None, await group.Heartbeat(new HeartbeatCommand { MemberId = member, Generation = 1 }));
        Assert.Equal([ErrorCode.None], (await CommitAsync(group, "t", 43, member, 1)).PartitionErrors);
    }

    [Fact]
    public async Task What_was_deleted_stays_deleted()
    {
        await using (var broker = await GroupBroker.StartAsync(_folder))
        {
            await PrepareAsync(broker);
            await CommitAsync(broker.Group("g"), "t", 42);
            Assert.Equal(ErrorCode.None, await broker.Group("g").Delete());
        }

        await using var again = await GroupBroker.StartAsync(_folder);
        Assert.Equal(-1, await CommittedAsync(again.Group("g")));
        Assert.Equal(GroupState.Dead, (await again.Group("g").Describe()).State);
    }

    [Fact]
    public async Task Positions_in_a_deleted_topic_are_not_taken_for_positions_in_its_namesake()
    {
        await using var broker = await GroupBroker.StartAsync(_folder);
        await PrepareAsync(broker);
        await broker.CreateTopicAsync("kept");
        var group = broker.Group("g");
        await CommitAsync(group, "t", 42);
        await CommitAsync(group, "kept", 1);
        var progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var replica = ReplicaOf(broker, "g");
        var end = replica.Status.LogEnd;
        replica.AddWaiter(new Waiter(() =>
        {
            if (replica.Status.HighWatermark > end)
            {
                progress.TrySetResult();
            }
        }));

        await broker.DeleteTopicAsync("t");

        await progress.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((-1, 1), (await CommittedAsync(group), await CommittedAsync(group, "kept")));
    }

    [Fact]
    public async Task Tools_that_read_the_topic_understand_its_records()
    {
        await using var broker = await GroupBroker.StartAsync(_folder);
        await PrepareAsync(broker);
        await CommitAsync(broker.Group("g"), "t", 42);

        var (key, value) = Assert.Single(Read(ReplicaOf(broker, "g")));

        Assert.Equal(new RecordKey("g", new GroupTopicPartition("t", 0)), RecordKey.Read(key));
        Assert.Equal((new Offset(42), "m"), (OffsetSchema.Read(value)!.Offset, OffsetSchema.Read(value)!.Metadata));
    }

    [Fact]
    public async Task A_broker_that_does_not_lead_the_partition_does_not_coordinate()
    {
        await using var broker = await GroupBroker.StartAsync(_folder);

        Assert.Equal(ErrorCode.NotCoordinator, (await broker.Group("g").Describe()).Error);
        Assert.Equal(ErrorCode.NotCoordinator, (await broker.Grains.GetGrain<IGroupPartitionGrain>("99@1").Open("g")).Error);
        await PrepareAsync(broker);
        var partition = broker.Grains.GetGrain<IGroupPartitionGrain>("0@1");
        Assert.Equal(ErrorCode.None, (await partition.Open("g")).Error);
        Assert.Equal(ErrorCode.NotCoordinator, await partition.Write(new LeaderEpoch(5), new GroupWrite { GroupId = "g" }));
    }

    [Fact]
    public async Task Whoever_waits_is_sent_away_when_the_leadership_ends_and_finds_the_group_again()
    {
        await using var broker = await GroupBroker.StartAsync(_folder);
        await PrepareAsync(broker);
        var group = broker.Group("g");
        var member = await JoinAsync(group);
        var waiting = group.Join(new JoinGroupCommand
        {
            MemberId = "",
            ProtocolType = "consumer",
            Protocols = [new JoinProtocol { Name = "range", Metadata = [1] }],
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 30_000,
        });
        Assert.Equal(ErrorCode.RebalanceInProgress, await group.Heartbeat(new HeartbeatCommand { MemberId = member, Generation = 1 }));

        await group.Resign(new LeaderEpoch(0));

        Assert.Equal(ErrorCode.NotCoordinator, (await waiting).Error);
        Assert.Equal(ErrorCode.None, await group.Heartbeat(new HeartbeatCommand { MemberId = member, Generation = 1 }));
    }

    private static async Task PrepareAsync(GroupBroker broker)
    {
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();
        Assert.Equal(0, (await client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = "g" }, 2)).ErrorCode);
    }

    private static async Task<string> JoinAsync(IGroupGrain group)
    {
        var joined = await group.Join(new JoinGroupCommand
        {
            MemberId = "",
            ProtocolType = "consumer",
            Protocols = [new JoinProtocol { Name = "range", Metadata = [1] }],
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 30_000,
        });
        var synced = await group.Sync(new SyncGroupCommand
        {
            MemberId = joined.MemberId,
            Generation = joined.Generation,
            Assignments = [new MemberAssignment { MemberId = joined.MemberId, Assignment = [9] }],
        });
        Assert.Equal(ErrorCode.None, synced.Error);
        return joined.MemberId;
    }

    private static Task<OffsetsResult> CommitAsync(IGroupGrain group, string topic, long offset, string member = "", int generation = -1) =>
        group.CommitOffsets(new CommitOffsetsCommand
        {
            MemberId = member,
            Generation = generation,
            Offsets = [new OffsetToCommit { Partition = new GroupTopicPartition(topic, 0), Offset = new Offset(offset), Metadata = "m" }],
        });

    private static async Task<long> CommittedAsync(IGroupGrain group, string topic = "t") =>
        (await group.FetchOffsets([new GroupTopicPartition(topic, 0)])).Offsets.SingleOrDefault()?.Value?.Offset.Value ?? -1;

    private static ILocalReplica ReplicaOf(GroupBroker broker, string group) =>
        broker.Replicas.Find(new TopicPartition(OffsetsTopic.Name, OffsetsTopic.PartitionOf(group, 4)))!;

    private static List<(byte[] Key, byte[] Value)> Read(ILocalReplica replica)
    {
        var read = replica.Read(Offset.Zero, 1_000_000, true, ReadIsolation.ReadUncommitted);
        using var records = read.Records;
        var bytes = new byte[records.Length];
        records.CopyTo(0, bytes);
        Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(bytes), out var batch));
        using (batch)
        {
            var found = new List<(byte[], byte[])>();
            foreach (var record in batch!.Records())
            {
                found.Add((record.Key.ToArray(), record.Value.ToArray()));
            }

            return found;
        }
    }

    private sealed class Waiter(Action onProgress) : IProgressWaiter
    {
        public void OnProgress() => onProgress();
    }
}
