using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Groups.Tests.Support;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.KeyBased;

/// <summary>
/// I32: random histories of eight consumers on two partitions that stall, restart and lose answers, over a coordinator that fails. Never
/// have two valid members a slot; per key, records are handled in the order of the log; nothing is lost; and in the end all work.
/// </summary>
public sealed class KeyHistoryTests
{
    private const int Partitions = 2;
    private const int Consumers = 8;

    [Fact]
    public void Every_history_keeps_keys_in_order_and_in_one_hand()
    {
        foreach (var seed in Seeds.Or(1, 12))
        {
            try
            {
                Run(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"Seed {seed}.", failure);
            }
        }
    }

    private static void Run(Random random)
    {
        var log = new KeyedLog(Partitions);
        var bench = new GroupBench(new GroupSettings()).WithTopics(("t", Partitions));
        var consumers = Enumerable.Range(0, Consumers).Select(i => new KeyConsumer(bench, log, random, $"m{i}")).ToList();
        for (var step = 0; step < 600; step++)
        {
            Append(random, log);
            Step(random, bench, consumers);
            CheckHolders(bench, consumers);
        }

        bench.HoldsWrites = false;
        FinishAll(bench);
        consumers.ForEach(consumer => consumer.IsStalled = false);
        for (var i = 0; i < 300 && !IsDone(bench, log, consumers); i++)
        {
            foreach (var consumer in consumers)
            {
                consumer.Beat();
                consumer.Work();
                consumer.Report();
            }

            bench.Pass(1_000);
            CheckHolders(bench, consumers);
        }

        log.AssertAllHandled();
        Assert.True(IsDone(bench, log, consumers), $"Ended {bench.Machine.State}, {string.Join(' ', Enumerable.Range(0, Partitions).Select(partition => $"{bench.Committed(partition: partition)}/{log.End(partition)}"))}");
        Assert.All(consumers, consumer => Assert.Equal(Partitions * KeySlots.PerPartition / Consumers, consumer.Owned.Count()));
    }

    private static void Append(Random random, KeyedLog log)
    {
        var partition = random.Next(Partitions);
        log.Append(partition, random.Next(10) == 0 ? null : $"{partition}-{random.Next(30)}");
    }

    private static void Step(Random random, GroupBench bench, List<KeyConsumer> consumers)
    {
        var consumer = consumers[random.Next(consumers.Count)];
        switch (random.Next(80))
        {
            case 0:
                consumer.Restart();
                break;
            case 1:
                consumer.IsStalled = !consumer.IsStalled;
                break;
            case 2:
                bench.HoldsWrites = !bench.HoldsWrites;
                FinishAll(bench);
                break;
            case 3 when bench.Held.Count > 0:
                bench.Finish(random.Next(3) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None);
                break;
            case 4:
                consumers.ForEach(other => other.LoseAnswers());
                bench.Fail();
                break;
            case 5:
                consumer.LoseAnswers();
                break;
            case 6 or 7:
                bench.Pass(random.Next(20_000));
                break;
            case < 35:
                consumer.Beat();
                break;
            case < 60:
                consumer.Work();
                break;
            default:
                consumer.Report();
                break;
        }
    }

    /// <summary>A member that would not be heard any more may still believe; of all others, each slot has one.</summary>
    private static void CheckHolders(GroupBench bench, List<KeyConsumer> consumers)
    {
        var holders = new Dictionary<int, string>();
        foreach (var consumer in consumers.Where(consumer => bench.TryCommitNothing(consumer.Id, consumer.Epoch, null) is ErrorCode.None))
        {
            foreach (var unit in consumer.Owned)
            {
                Assert.True(holders.TryAdd(unit, consumer.Id), $"Slot {unit} is held by {holders[unit]} and {consumer.Id}.");
            }
        }
    }

    private static void FinishAll(GroupBench bench)
    {
        while (!bench.HoldsWrites && bench.Held.Count > 0)
        {
            bench.Finish();
        }
    }

    private static bool IsDone(GroupBench bench, KeyedLog log, List<KeyConsumer> consumers) =>
        bench.Machine.State is GroupState.Stable
        && consumers.Sum(consumer => consumer.Owned.Count()) == Partitions * KeySlots.PerPartition
        && Enumerable.Range(0, Partitions).All(partition => bench.Committed(partition: partition) == log.End(partition));
}
