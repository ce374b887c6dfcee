using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Machine;

/// <summary>One seeded history: model clients around a <see cref="GroupBench"/>, and the invariants.</summary>
internal sealed class GroupHistory
{
    private const int Partitions = 6;

    private readonly Random _random;
    private readonly GroupBench _bench;
    private readonly List<ModelClient> _clients;

    // By generation and partition: the member that the assignment of that generation names.
    private readonly Dictionary<(int Generation, int Partition), string> _owners = [];
    private readonly long[] _acknowledged = new long[Partitions];

    public GroupHistory(int seed, bool isStatic)
    {
        _random = new Random(seed);
        _bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = _random.Next(2) * 3_000 });
        _clients = [.. Enumerable.Range(0, 4).Select(i => new ModelClient { Instance = isStatic && i % 2 == 0 ? $"i{i}" : null })];
        Array.Fill(_acknowledged, -1);
    }

    /// <summary>Commits that were acknowledged: a history without any proves little.</summary>
    public int Acknowledged { get; private set; }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Step();
            Check();
        }

        // Faults stop: everybody is alive, and has a bounded time to settle.
        _bench.HoldsWrites = false;
        FinishAll();
        _clients.ForEach(client => client.IsStalled = false);
        for (var i = 0; i < 100 && !IsSettled(); i++)
        {
            _clients.ForEach(Act);
            _bench.Pass(2_500);
            Check();
        }

        Assert.True(IsSettled(), $"The group ended as {_bench.Machine.State} with {_bench.Machine.Describe().Members.Length} members.");
        Assert.Equal(Enumerable.Range(0, Partitions), _clients.SelectMany(client => client.Owned).Order());
        for (var partition = 0; partition < Partitions; partition++)
        {
            Assert.True(_bench.Committed(partition: partition) >= _acknowledged[partition], $"Partition {partition} lost a commit.");
        }
    }

    private void Step()
    {
        var client = _clients[_random.Next(_clients.Count)];
        switch (_random.Next(40))
        {
            case 0:
                client.Forget();
                break;
            case 1:
                client.IsStalled = !client.IsStalled;
                break;
            case 2:
                _bench.HoldsWrites = !_bench.HoldsWrites;
                FinishAll();
                break;
            case 3 when _bench.Held.Count > 0:
                _bench.Finish(_random.Next(3) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None);
                break;
            case 4 when _random.Next(3) == 0:
                // Whatever was being written is lost with the coordinator: nobody was told that it is safe.
                _clients.ForEach(other => other.LoseRequests());
                _bench.Fail();
                break;
            case 5 when client.Id.Length > 0 && _random.Next(3) == 0:
                _bench.Leave(client.Id, client.Instance);
                client.Forget();
                break;
            case 6:
                client.LoseRequests();
                break;
            case 7 or 8 or 9:
                _bench.Pass(_random.Next(4_000));
                break;
            case 10 when _random.Next(4) == 0:
                _bench.Pass(_random.Next(30_000));
                break;
            case 11 or 12 when client.Generation >= 0:
                Zombie(client);
                break;
            default:
                Act(client);
                break;
        }
    }

    /// <summary>The next thing a client does, as clients do.</summary>
    private void Act(ModelClient client)
    {
        if (client.IsStalled)
        {
            return;
        }

        if (client.JoinRequest is { } join)
        {
            if (_bench.IsAnswered(join))
            {
                client.JoinRequest = null;
                Joined(client, _bench.Joined(join));
            }
        }
        else if (client.SyncRequest is { } sync)
        {
            if (_bench.IsAnswered(sync))
            {
                client.SyncRequest = null;
                Synced(client, _bench.Synced(sync));
            }
        }
        else if (client.NeedsToJoin)
        {
            client.JoinRequest = _bench.Join(client.Id, client.Instance, knownId: true, skips: true);
        }
        else if (client.NeedsToSync)
        {
            client.SyncRequest = _bench.Sync(client.Id, client.Generation, client.Instance, client.Assignments);
        }
        else
        {
            Consume(client);
        }
    }

    private void Joined(ModelClient client, JoinGroupResult result)
    {
        switch (result.Error)
        {
            case ErrorCode.None:
                client.Id = result.MemberId;
                client.Generation = result.Generation;
                client.NeedsToJoin = false;
                client.NeedsToSync = true;
                client.Owned = [];
                client.Assignments = result.Leader == result.MemberId && !result.SkipAssignment ? Assign(result) : [];
                break;
            case ErrorCode.MemberIdRequired:
                client.Id = result.MemberId;
                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId:
                client.Forget();
                break;
        }
    }

    private (string, byte[])[] Assign(JoinGroupResult result)
    {
        var shares = result.Members.Select(member => (member.MemberId, Bytes: new List<byte>())).ToArray();
        for (var partition = 0; partition < Partitions; partition++)
        {
            shares[partition % shares.Length].Bytes.Add((byte)partition);
        }

        return [.. shares.Select(share => (share.MemberId, share.Bytes.ToArray()))];
    }

    private void Synced(ModelClient client, SyncGroupResult result)
    {
        switch (result.Error)
        {
            case ErrorCode.None:
                client.NeedsToSync = false;
                client.Owned = [.. result.Assignment.Select(partition => (int)partition)];
                foreach (var partition in client.Owned)
                {
                    Own(client, partition);
                    client.Positions[partition] = Math.Max(_bench.Committed(partition: partition), 0);
                }

                break;
            case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.IllegalGeneration:
                client.Forget();
                break;
            default:
                client.NeedsToJoin = true;
                break;
        }
    }

    /// <summary>I18: in one generation a partition has one owner, by member id or, for static members, by instance.</summary>
    private void Own(ModelClient client, int partition)
    {
        var owner = client.Instance ?? client.Id;
        if (!_owners.TryAdd((client.Generation, partition), owner))
        {
            Assert.Equal(_owners[(client.Generation, partition)], owner);
        }
    }

    private void Consume(ModelClient client)
    {
        var heartbeat = _bench.Heartbeat(client.Id, client.Generation, client.Instance);
        switch (heartbeat)
        {
            case ErrorCode.RebalanceInProgress:
                client.NeedsToJoin = true;
                return;
            case not ErrorCode.None:
                client.Forget();
                return;
        }

        foreach (var partition in client.Owned)
        {
            client.Positions[partition] += 1 + _random.Next(5);
            Commit(client, client.Id, client.Generation, partition, client.Positions[partition]);
        }
    }

    private void Commit(ModelClient client, string id, int generation, int partition, long position)
    {
        var request = _bench.Commit(id, generation, position, partition: partition, instance: client.Instance);
        client.Commits.Add((request, partition, position, generation, client.Instance ?? id));
    }

    /// <summary>A client that believes in a generation of long ago commits; it must not be heard.</summary>
    private void Zombie(ModelClient client)
    {
        if (client.Generation == _bench.Machine.Generation && _bench.Machine.Describe().Members.Any(member => member.MemberId == client.Id))
        {
            return;
        }

        Assert.NotEqual(ErrorCode.None, _bench.CommitError(client.Id, client.Generation, 1_000_000, client.Instance));
    }

    private void Check()
    {
        foreach (var client in _clients)
        {
            foreach (var commit in client.Commits.Where(commit => _bench.IsAnswered(commit.Request)).ToList())
            {
                client.Commits.Remove(commit);
                if (_bench.Answer<OffsetsResult>(commit.Request).Error is ErrorCode.None)
                {
                    Assert.Equal(_owners[(commit.Generation, commit.Partition)], commit.Owner);
                    Acknowledged++;
                    _acknowledged[commit.Partition] = Math.Max(_acknowledged[commit.Partition], commit.Position);
                }
            }
        }

        CheckPositions();
    }

    /// <summary>I17, in the log itself: it is what every later coordinator believes.</summary>
    private void CheckPositions()
    {
        var last = new long[Partitions];
        foreach (var entry in _bench.Log.SelectMany(write => write.Offsets))
        {
            Assert.True(entry.Value!.Offset.Value > last[entry.Partition.Partition], $"Partition {entry.Partition.Partition} went back to {entry.Value.Offset}.");
            last[entry.Partition.Partition] = entry.Value.Offset.Value;
        }
    }

    private void FinishAll()
    {
        while (!_bench.HoldsWrites && _bench.Held.Count > 0)
        {
            _bench.Finish();
        }
    }

    private bool IsSettled() =>
        _bench.Machine.State is GroupState.Stable
        && _bench.Machine.Describe().Members.Length == _clients.Count
        && _clients.TrueForAll(client => !client.NeedsToJoin && !client.NeedsToSync && client.JoinRequest is null && client.SyncRequest is null)
        && _clients.TrueForAll(client => client.Generation == _bench.Machine.Generation);

    private sealed class ModelClient
    {
        public string? Instance { get; init; }

        public string Id { get; set; } = "";

        public int Generation { get; set; } = -1;

        public bool NeedsToJoin { get; set; } = true;

        public bool NeedsToSync { get; set; }

        public bool IsStalled { get; set; }

        public long? JoinRequest { get; set; }

        public long? SyncRequest { get; set; }

        public (string, byte[])[] Assignments { get; set; } = [];

        public int[] Owned { get; set; } = [];

        public long[] Positions { get; } = new long[Partitions];

        public List<(long Request, int Partition, long Position, int Generation, string Owner)> Commits { get; } = [];

        /// <summary>The process starts anew, or learns that it is no member any more.</summary>
        public void Forget()
        {
            LoseRequests();
            Id = "";
            Generation = -1;
            NeedsToJoin = true;
            NeedsToSync = false;
            Owned = [];
        }

        /// <summary>The connection breaks: answers never come, and it asks again.</summary>
        public void LoseRequests()
        {
            JoinRequest = null;
            SyncRequest = null;
        }
    }
}
