using OrleansStreaming.Simulation.Tests.Disks;

namespace OrleansStreaming.Simulation.Tests.Checks;

/// <summary>
/// What an all-seeing observer knows: what was committed where, by whom, and what producers were told. Written as it happens,
/// never by asking the cluster again.
/// </summary>
internal sealed class Ledger
{
    private const int ProducersPerGeneration = 100;

    private readonly List<SimulatedBatch>[] _committed;
    private readonly Dictionary<(int Partition, int Epoch), int> _leaders = [];
    private readonly HashSet<(int Partition, int Epoch)> _committers = [];
    private readonly List<(int Partition, SimulatedBatch Batch)> _acknowledged = [];
    private readonly Dictionary<int, int> _lossEpochs = [];

    /// <param name="generation">Which one it is of the topics that had the name; whose producer is whose follows from it.</param>
    public Ledger(int partitions, int generation)
    {
        Generation = generation;
        _committed = [.. Enumerable.Range(0, partitions).Select(_ => new List<SimulatedBatch>())];
    }

    public int Generation { get; }

    /// <summary>The number of a producer of this topic.</summary>
    public int Producer(int index) => (Generation * ProducersPerGeneration) + index;

    public int Acknowledged => _acknowledged.Count;

    public int Partitions => _committed.Length;

    public long CommittedEnd(int partition) => _committed[partition] is [.., var last] ? last.End : 0;

    public IReadOnlyList<SimulatedBatch> Committed(int partition) => _committed[partition];

    /// <summary>A leader moved its high watermark: what lies below it is committed for ever.</summary>
    public void Commit(int partition, int broker, int epoch, SimulatedLog log, long highWatermark)
    {
        if (!_leaders.TryGetValue((partition, epoch), out var leader))
        {
            _leaders[(partition, epoch)] = broker;
            ComparePrefix(partition, log, highWatermark, $"broker {broker}, which leads in epoch {epoch},");
        }
        else if (leader != broker)
        {
            throw new SimulationFailure($"Partition {partition}: brokers {leader} and {broker} both commit in epoch {epoch}.");
        }

        if (highWatermark > CommittedEnd(partition) && _committers.Add((partition, epoch)))
        {
            Compare(partition, log, $"broker {broker}, which commits in epoch {epoch},");
        }

        for (var index = log.IndexOf(CommittedEnd(partition)); index < log.Batches.Count && log.Batches[index].End <= highWatermark; index++)
        {
            var batch = log.Batches[index];
            if (batch.BaseOffset != CommittedEnd(partition))
            {
                throw new SimulationFailure($"Partition {partition}: {batch} was committed after offset {CommittedEnd(partition)}.");
            }

            if (batch.Producer / ProducersPerGeneration != Generation)
            {
                throw new SimulationFailure($"Partition {partition}: broker {broker} commits {batch}, which was sent to another topic of that name.");
            }

            _committed[partition].Add(batch);
        }
    }

    /// <summary>A producer was told that its batch is safe.</summary>
    public void Acknowledge(int partition, SimulatedBatch batch)
    {
        _acknowledged.Add((partition, batch));
        CheckCommitted(partition, batch, "was acknowledged");
    }

    /// <summary>A leader takes a producer's next batch: everything that producer was told is safe must be in its log already.</summary>
    public void CheckContinues(int partition, int broker, int producer, long sequence, long last)
    {
        if (last != sequence - 1 && !_lossEpochs.ContainsKey(partition))
        {
            throw new SimulationFailure(
                $"Partition {partition}: broker {broker} leads and knows producer {producer} up to {last}; it sends {sequence}, so {sequence - 1} was acknowledged.");
        }
    }

    /// <summary>A leader tells a producer that it has not stored a batch: the producer may then send its records in other batches.</summary>
    public static void CheckNotStored(int partition, int broker, int producer, long sequence, SimulatedLog log)
    {
        if (log.Batches.Any(batch => batch.Producer == producer && batch.Sequence == sequence))
        {
            throw new SimulationFailure($"Partition {partition}: broker {broker} refuses {sequence} of producer {producer} as not stored, and has it.");
        }
    }

    /// <summary>How many of the committed batches a log still has, and can read.</summary>
    public int CountHeld(int partition, SimulatedLog log)
    {
        var committed = _committed[partition];
        var count = 0;
        while (count < committed.Count && count < log.Batches.Count && log.Batches[count] == committed[count] && committed[count].End <= log.SoundEnd.EndOffset.Value)
        {
            count++;
        }

        return count;
    }

    /// <summary>A leader was elected that has only so many committed batches, because nobody has more: the others are no longer committed.</summary>
    /// <param name="epoch">Its leader epoch: batches of earlier ones are forgiven, whoever still speaks of them.</param>
    public void Forgive(int partition, int kept, int epoch)
    {
        _committed[partition].RemoveRange(kept, _committed[partition].Count - kept);
        _lossEpochs[partition] = epoch;
    }

    /// <summary>A consumer was shown a batch. False when it was committed and is lost.</summary>
    public bool CheckCommitted(int partition, SimulatedBatch batch, string what)
    {
        var list = _committed[partition];
        var (low, high) = (0, list.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (list[middle].BaseOffset < batch.BaseOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low < list.Count && list[low] == batch)
        {
            return true;
        }

        return _lossEpochs.TryGetValue(partition, out var epoch) && batch.Epoch < epoch
            ? false
            : throw new SimulationFailure(
                $"Partition {partition}: {batch} {what}, but committed there is {(low < list.Count ? list[low].ToString() : "nothing")}.");
    }

    /// <summary>The log must hold everything committed so far, batch for batch.</summary>
    public void Compare(int partition, SimulatedLog log, string whose)
    {
        var committed = _committed[partition];
        if (log.Batches.Count < committed.Count)
        {
            throw new SimulationFailure(
                $"Partition {partition}: {whose} has {log.Batches.Count} batches up to {log.LogEnd}; {committed.Count} up to {CommittedEnd(partition)} are committed.");
        }

        for (var i = committed.Count - 1; i >= 0; i--)
        {
            if (log.Batches[i] != committed[i])
            {
                throw new SimulationFailure($"Partition {partition}: {whose} has {log.Batches[i]} where {committed[i]} is committed.");
            }
        }
    }

    /// <summary>What a leader calls committed must be: also one that was replaced and does not know it.</summary>
    private void ComparePrefix(int partition, SimulatedLog log, long end, string whose)
    {
        var committed = _committed[partition];
        for (var i = 0; i < Math.Min(log.Batches.Count, committed.Count) && log.Batches[i].End <= end; i++)
        {
            if (log.Batches[i] != committed[i])
            {
                throw new SimulationFailure($"Partition {partition}: {whose} has {log.Batches[i]} where {committed[i]} is committed.");
            }
        }
    }

    /// <summary>As <see cref="Compare"/>, but only the last committed batch.</summary>
    public void CompareLast(int partition, SimulatedLog log, string whose)
    {
        var committed = _committed[partition];
        if (committed.Count > 0 && (log.Batches.Count < committed.Count || log.Batches[committed.Count - 1] != committed[^1]))
        {
            Compare(partition, log, whose);
        }
    }

    /// <summary>No producer's batch is there twice, and each one's are in the order in which it sent them.</summary>
    public void CheckOrder()
    {
        for (var partition = 0; partition < Partitions; partition++)
        {
            var last = new Dictionary<int, long>();
            foreach (var batch in _committed[partition])
            {
                if (last.TryGetValue(batch.Producer, out var before) && (_lossEpochs.ContainsKey(partition) ? batch.Sequence <= before : batch.Sequence != before + 1))
                {
                    throw new SimulationFailure($"Partition {partition}: producer {batch.Producer} has {before}, then {batch}.");
                }

                last[batch.Producer] = batch.Sequence;
            }
        }
    }
}
