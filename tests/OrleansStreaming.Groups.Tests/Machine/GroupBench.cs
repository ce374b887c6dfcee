using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Machine;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Machine;

/// <summary>A group machine with a clock that is turned by hand and a log that commits at once, unless told to hold.</summary>
internal sealed partial class GroupBench : IGroupOutbox
{
    public const int Session = 10_000;
    public const int Rebalance = 60_000;

    private readonly Dictionary<long, object> _answers = [];
    private long _lastRequest;
    private long _elapsed;
    private int _lastId;

    public GroupBench(GroupSettings? settings = null)
    {
        Settings = settings ?? new GroupSettings { InitialRebalanceDelayMs = 0 };
        Machine = New();
    }

    public GroupSettings Settings { get; }

    public GroupMachine Machine { get; private set; }

    public List<(long Id, GroupWrite Write)> Held { get; } = [];

    public List<GroupWrite> Log { get; } = [];

    public bool HoldsWrites { get; set; }

    public ClusterImage Image { get; set; } = ClusterImage.Empty;

    public Moment Now => new(_elapsed, 1_000_000_000_000 + _elapsed);

    public long Join(
        string memberId = "", string? instance = null, bool knownId = false, bool skips = false, string type = "consumer",
        string client = "c", int session = Session, params (string Name, byte[] Metadata)[] protocols)
    {
        var request = ++_lastRequest;
        Machine.Join(
            request,
            new JoinGroupCommand
            {
                MemberId = memberId,
                InstanceId = instance,
                ProtocolType = type,
                Protocols = [.. (protocols.Length == 0 ? [("range", [1])] : protocols).Select(protocol => new JoinProtocol { Name = protocol.Item1, Metadata = protocol.Item2 })],
                SessionTimeoutMs = session,
                RebalanceTimeoutMs = Rebalance,
                ClientId = client,
                ClientHost = "/127.0.0.1",
                RequiresKnownMemberId = knownId,
                CanSkipAssignment = skips,
            },
            Now);
        Drain();
        return request;
    }

    public long Sync(string memberId, int generation, params (string Member, byte[] Assignment)[] assignments) =>
        Sync(memberId, generation, null, assignments);

    public long Sync(string memberId, int generation, string? instance, (string Member, byte[] Assignment)[] assignments)
    {
        var request = ++_lastRequest;
        Machine.Sync(
            request,
            new SyncGroupCommand
            {
                MemberId = memberId,
                InstanceId = instance,
                Generation = generation,
                Assignments = [.. assignments.Select(assignment => new MemberAssignment { MemberId = assignment.Member, Assignment = assignment.Assignment })],
            },
            Now);
        Drain();
        return request;
    }

    public long Commit(string memberId, int generation, long offset, string topic = "t", int partition = 0, string? instance = null, long retention = -1, string? metadata = null, bool epochs = false)
    {
        var request = ++_lastRequest;
        Machine.CommitOffsets(
            request,
            new CommitOffsetsCommand
            {
                MemberId = memberId,
                Generation = generation,
                InstanceId = instance,
                RetentionMs = retention,
                KnowsMemberEpochs = epochs,
                Offsets = [new OffsetToCommit { Partition = new GroupTopicPartition(topic, partition), Offset = new Offset(offset), Metadata = metadata }],
            },
            Now);
        Drain();
        return request;
    }

    public ErrorCode CommitError(string memberId, int generation, long offset, string? instance = null) =>
        Answer<OffsetsResult>(Commit(memberId, generation, offset, instance: instance)).Error;

    /// <summary>The committed offset of a partition, -1 for none.</summary>
    public long Committed(string topic = "t", int partition = 0) =>
        Machine.FetchOffsets(null).Offsets.SingleOrDefault(entry => entry.Partition == new GroupTopicPartition(topic, partition))?.Value?.Offset.Value ?? -1;

    public ErrorCode Heartbeat(string memberId, int generation, string? instance = null) =>
        Machine.Heartbeat(new HeartbeatCommand { MemberId = memberId, Generation = generation, InstanceId = instance }, Now);

    public ErrorCode Leave(string memberId, string? instance = null)
    {
        var errors = Machine.Leave([new LeavingMember { MemberId = memberId, InstanceId = instance }], Now);
        Drain();
        return errors[0];
    }

    public void Expire()
    {
        Machine.Expire(Now);
        Drain();
    }

    public ErrorCode Delete()
    {
        Machine.Delete(++_lastRequest, Now);
        Drain();
        return Answer<ErrorCode>(_lastRequest);
    }

    public OffsetsResult DeleteOffsets(string topic, int partition = 0)
    {
        Machine.DeleteOffsets(++_lastRequest, [new GroupTopicPartition(topic, partition)], Now);
        Drain();
        return Answer<OffsetsResult>(_lastRequest);
    }

    /// <summary>Time passes; whatever becomes due is done when it is due.</summary>
    public void Pass(long ms)
    {
        var end = _elapsed + ms;
        while (Machine.NextDeadline <= end)
        {
            _elapsed = Math.Max(_elapsed, Machine.NextDeadline);
            Machine.Tick(Now);
            Drain();
        }

        _elapsed = end;
    }

    public bool IsAnswered(long request) => _answers.ContainsKey(request);

    public T Answer<T>(long request) => (T)_answers[request];

    public JoinGroupResult Joined(long request) => Answer<JoinGroupResult>(request);

    public SyncGroupResult Synced(long request) => Answer<SyncGroupResult>(request);

    /// <summary>The oldest write that is held ends.</summary>
    public void Finish(ErrorCode error = ErrorCode.None, int index = 0)
    {
        var (id, write) = Held[index];
        Held.RemoveAt(index);
        if (error is ErrorCode.None)
        {
            Log.Add(write);
        }

        Machine.Written(id, error, Now);
    }

    /// <summary>A stable group of this many dynamic members, the leader first; each is assigned the byte of its index.</summary>
    public string[] Stable(int count)
    {
        var joins = Enumerable.Range(0, count).Select(_ => Join()).ToList();

        // The first one began a generation alone: it comes again with the others.
        if (count > 1)
        {
            joins[0] = Join(Joined(joins[0]).MemberId);
        }

        var ids = joins.Select(join => Joined(join).MemberId).ToArray();
        Settle(ids);
        Assert.Equal(GroupState.Stable, Machine.State);
        return ids;
    }

    /// <summary>All these members, who have joined, ask for their assignments.</summary>
    public void Settle(params string[] ids)
    {
        foreach (var id in ids)
        {
            Sync(id, Machine.Generation, [.. ids.Select((member, i) => (member, new[] { (byte)i }))]);
        }
    }

    /// <summary>The coordinator fails, and another takes over what is written.</summary>
    public void Fail()
    {
        var metadata = Log.LastOrDefault(write => write.MetadataChange is not GroupMetadataChange.None)?.Metadata;
        var offsets = new Dictionary<GroupTopicPartition, OffsetEntry>();
        foreach (var entry in Log.SelectMany(write => write.Offsets))
        {
            offsets[entry.Partition] = entry;
        }

        Held.Clear();
        Machine = New();
        Machine.Load(metadata, offsets.Values.Where(entry => entry.Value is not null), Records(), Now);
    }

    void IGroupOutbox.Write(long id, GroupWrite write) => Held.Add((id, write));

    void IGroupOutbox.Answer<T>(long request, T answer) => _answers.Add(request, answer!);

    /// <summary>The machine is never re-entered: writes end when its input is over.</summary>
    private void Drain()
    {
        while (!HoldsWrites && Held.Count > 0)
        {
            Finish();
        }
    }

    private GroupMachine New() => new("g", Settings, () => new Guid(++_lastId, 0, 0, new byte[8]), () => Image, this);

    /// <summary>The last record of every key of the consumer protocol, without those that were removed.</summary>
    private List<GroupRecord> Records()
    {
        var records = new Dictionary<ConsumerRecordKey, GroupRecord>();
        foreach (var record in Log.SelectMany(write => write.Records))
        {
            records[ConsumerRecordKey.Read(record.Key)!.Value] = record;
        }

        return [.. records.Values.Where(record => record.Value is not null)];
    }
}
