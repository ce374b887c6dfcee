using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Consumers;

/// <summary>One seeded history of consumers that come, stall, lose answers, restart and go, over a coordinator that fails.</summary>
internal sealed class ConsumerHistory
{
    private readonly Random _random;
    private readonly GroupBench _bench;
    private readonly List<ModelConsumer> _consumers;
    private readonly List<(long Request, int Partition, long Position)> _commits = [];
    private readonly long[] _acknowledged = new long[ModelConsumer.Partitions];
    private readonly long[] _lastWritten = new long[ModelConsumer.Partitions];
    private readonly bool _isMixed;
    private int _checkedWrites;
    private int _partitions = 3;

    public ConsumerHistory(int seed, bool isStatic, bool isMixed)
    {
        _random = new Random(seed);
        _isMixed = isMixed;
        _bench = new GroupBench(new GroupSettings { InitialRebalanceDelayMs = 0 });
        _bench.WithTopics(("t", _isMixed ? ModelConsumer.Partitions : _partitions));
        _consumers = [.. Enumerable.Range(0, 4).Select(i => new ModelConsumer(_bench, _random, $"m{i}", isStatic && i % 2 == 0, seed % 2 == 0, isMixed && IsClassicNext()))];
        Array.Fill(_acknowledged, -1);
    }

    public int Acknowledged { get; private set; }

    public HashSet<GroupType> Types { get; } = [];

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Step();
            Check();
        }

        // Faults stop: everybody is alive, and has a bounded time to settle (I19).
        _bench.HoldsWrites = false;
        _partitions = ModelConsumer.Partitions;
        _bench.WithTopics(("t", _partitions));
        FinishAll();
        _consumers.ForEach(consumer => consumer.IsStalled = false);
        for (var i = 0; i < 200 && !IsSettled(); i++)
        {
            _consumers.ForEach(consumer => consumer.Act());
            _bench.Pass(1_000);
            Check();
        }

        Assert.True(IsSettled(), $"The group ended as {_bench.Machine.Type} {_bench.Machine.State}, owned: {string.Join("; ", _consumers.Select(consumer => string.Join(' ', consumer.Owned)))}");
        for (var partition = 0; partition < _partitions; partition++)
        {
            Assert.True(_bench.Committed(partition: partition) >= _acknowledged[partition], $"Partition {partition} lost a commit.");
        }
    }

    private void Step()
    {
        var consumer = _consumers[_random.Next(_consumers.Count)];
        switch (_random.Next(60))
        {
            case 0:
                consumer.Restart(_isMixed && IsClassicNext());
                break;
            case 1:
                consumer.IsStalled = !consumer.IsStalled;
                break;
            case 2:
                _bench.HoldsWrites = !_bench.HoldsWrites;
                FinishAll();
                break;
            case 3 or 4 when _bench.Held.Count > 0:
                _bench.Finish(_random.Next(3) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None);
                break;
            case 5 when _random.Next(2) == 0:
                // Whatever was being written is lost with the coordinator: nobody was told that it is safe.
                _consumers.ForEach(other => other.LoseAnswer());
                _bench.Fail();
                break;
            case 6 when _random.Next(2) == 0:
                consumer.Close(_isMixed && IsClassicNext());
                break;
            case 7 or 8:
                consumer.LoseAnswer();
                break;
            case 9 or 10 or 11:
                _bench.Pass(_random.Next(4_000));
                break;
            case 12 when _random.Next(4) == 0:
                _bench.Pass(_random.Next(70_000));
                break;
            case 13 when _random.Next(3) == 0 && !_isMixed && _partitions < ModelConsumer.Partitions:
                _bench.WithTopics(("t", ++_partitions));
                break;
            case < 25:
                Consume(consumer);
                break;
            default:
                consumer.Act();
                break;
        }
    }

    private bool IsClassicNext() => _random.Next(2) == 0;

    private void Consume(ModelConsumer consumer)
    {
        if (consumer.IsStalled)
        {
            return;
        }

        foreach (var partition in consumer.Owned)
        {
            consumer.Positions[partition] += 1 + _random.Next(5);
            _commits.Add((_bench.Commit(consumer.Id, consumer.Epoch, consumer.Positions[partition], partition: partition, instance: consumer.Instance, epochs: true), partition, consumer.Positions[partition]));
        }
    }

    private void Check()
    {
        Types.Add(_bench.Machine.Type);
        foreach (var commit in _commits.Where(commit => _bench.IsAnswered(commit.Request)).ToList())
        {
            _commits.Remove(commit);
            if (_bench.Answer<OffsetsResult>(commit.Request) is { Error: ErrorCode.None, PartitionErrors: [ErrorCode.None] })
            {
                Acknowledged++;
                _acknowledged[commit.Partition] = Math.Max(_acknowledged[commit.Partition], commit.Position);
            }
        }

        CheckOwners();
        CheckPositions();
    }

    /// <summary>I18: of all that believe to own a partition, one at most would have its commit taken now.</summary>
    private void CheckOwners()
    {
        var owners = new string?[ModelConsumer.Partitions];
        foreach (var consumer in _consumers.Where(consumer => consumer.Owned.Count > 0 && MayCommit(consumer)))
        {
            foreach (var partition in consumer.Owned.Where(partition => _bench.MayCommit(consumer.Id, consumer.Epoch, consumer.Instance, partition)))
            {
                Assert.True(owners[partition] is null, $"Partition {partition} has the owners {owners[partition]} and {consumer.Id}.");
                owners[partition] = consumer.Id;
            }
        }
    }

    private bool MayCommit(ModelConsumer consumer) => _bench.TryCommitNothing(consumer.Id, consumer.Epoch, consumer.Instance) is ErrorCode.None;

    /// <summary>I17, in the log itself: it is what every later coordinator believes.</summary>
    private void CheckPositions()
    {
        for (; _checkedWrites < _bench.Log.Count; _checkedWrites++)
        {
            foreach (var entry in _bench.Log[_checkedWrites].Offsets)
            {
                var partition = entry.Partition.Partition;
                Assert.True(entry.Value!.Offset.Value > _lastWritten[partition], $"Partition {partition} went back to {entry.Value.Offset}.");
                _lastWritten[partition] = entry.Value.Offset.Value;
            }
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
        && _consumers.TrueForAll(consumer => consumer.IsSettled && MayCommit(consumer))
        && _consumers.SelectMany(consumer => consumer.Owned).Order().SequenceEqual(Enumerable.Range(0, _partitions));
}
