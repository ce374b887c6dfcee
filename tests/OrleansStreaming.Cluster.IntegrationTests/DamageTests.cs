using System.Globalization;
using Confluent.Kafka;
using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Chaos.Histories;
using OrleansStreaming.Chaos.Replicas;
using Xunit.Abstractions;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>
/// One broker's segment files lose a bit in one partition and their tail in another: that is noticed, told in log and metrics,
/// never served, and repaired from the other replicas, while everything acknowledged stays readable.
/// </summary>
public sealed class DamageTests(ITestOutputHelper output)
{
    private const string Topic = "damaged";
    private const int Partitions = 2;
    private const int Flipped = 0;
    private const int Cut = 1;
    private const int Values = 300;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    /// <summary>Who is damaged leads both partitions at first, or none.</summary>
    [LibrdkafkaTheory]
    [InlineData(true)]
    [InlineData(false)]
    public Task OfARunningBrokerItIsRepaired(bool isLeader) => Run(isLeader, async (cluster, victim) =>
    {
        Damage(victim);
        await Task.CompletedTask;
    });

    [LibrdkafkaTheory]
    [InlineData(true)]
    [InlineData(false)]
    public Task OfAStoppedBrokerItIsRepaired(bool isLeader) => Run(isLeader, async (cluster, victim) =>
    {
        await victim.StopAsync();
        Damage(victim);
        await victim.StartAsync();
    });

    /// <summary>Nobody who is up knows better when the damaged one, which led, comes back first.</summary>
    [LibrdkafkaTheory]
    [InlineData(true)]
    [InlineData(false)]
    public Task OfABrokerThatIsTheFirstToBeBackItIsRepaired(bool isClean) => Run(isLeader: true, async (cluster, victim) =>
    {
        await Task.WhenAll(cluster.Members.Select(member => isClean ? member.StopAsync() : member.KillAsync()));
        Damage(victim);
        await victim.StartAsync();
        await Task.WhenAll(cluster.Members.Where(member => member != victim).Select(member => member.StartAsync()));
    });

    private static bool IsKnownToBeCommitted(BrokerMember victim)
    {
        var checkpoint = Path.Combine(victim.DataDirectory, "replication-offset-checkpoint");
        return File.Exists(checkpoint)
            && File.ReadAllLines(checkpoint).Intersect([$"{Topic} {Flipped} {Values}", $"{Topic} {Cut} {Values}"]).Count() == Partitions;
    }

    private static void Damage(BrokerMember victim)
    {
        SegmentDamage.FlipBit(victim, Topic, Flipped);
        SegmentDamage.CutTail(victim, Topic, Cut);
    }

    private async Task Run(bool isLeader, Func<ClusterProcesses, BrokerMember, Task> damage)
    {
        await using var cluster = await ClusterProcesses.StartAsync(new ClusterOptions
        {
            Configs =
            [
                "log.scrub.interval.ms=1000", "log.scrub.io.max.bytes.per.second=100000000",
                "replica.high.watermark.checkpoint.interval.ms=200", "auto.leader.rebalance.enable=false",
            ],
        });
        using var view = new ClusterView(cluster.Bootstrap);
        await view.CreateTopicAsync(Topic, [[1, 2, 3], [1, 2, 3]], new() { ["min.insync.replicas"] = "2" });
        await view.UntilHealthyAsync(Topic, _patience);
        await ProduceAsync(cluster, 0);
        var victim = cluster.Member(isLeader ? 1 : 3);

        try
        {
            // What is cut off is missed because it is known to be committed, and known from here on in whatever way the victim goes.
            await UntilAsync(() => Task.FromResult(IsKnownToBeCommitted(victim)), () => "The victim's high watermarks are not in its checkpoint.");
            await damage(cluster, victim);
            await CheckRepairAsync(cluster, view, victim);
        }
        finally
        {
            foreach (var member in cluster.Members)
            {
                output.WriteLine($"broker {member.Id}:\n{member.Process?.Log}");
            }
        }
    }

    private static async Task CheckRepairAsync(ClusterProcesses cluster, ClusterView view, BrokerMember victim)
    {
        await UntilAsync(async () => await DamagesAsync(victim) >= Partitions, () => $"Not all damage was noticed.\n{victim.Process!.Log}");
        await view.UntilHealthyAsync(Topic, _patience);
        await ProduceAsync(cluster, Values);
        await view.UntilHealthyAsync(Topic, _patience);
        await UntilAsync(
            () => Task.FromResult(ReplicaComparison.Compare(cluster.Members, Topic, Partitions).Count == 0),
            () => string.Join('\n', ReplicaComparison.Compare(cluster.Members, Topic, Partitions)));

        var read = await ChaosConsumer.ReadAllAsync(cluster.Bootstrap, Topic, Partitions, new History(), _patience);
        foreach (var partition in (int[])[Flipped, Cut])
        {
            Assert.Equal(Expected(partition), read[partition].Select(record => record.Value));
            Assert.Contains(
                victim.Process!.Log.Split('\n'),
                line => line.Contains("fail:", StringComparison.Ordinal) && line.Contains($"{Topic}-{partition}", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<string> Expected(int partition) => Enumerable.Range(0, 2 * Values).Select(i => Value(partition, i));

    private static string Value(int partition, int i) => string.Create(CultureInfo.InvariantCulture, $"{partition}:{i}:{new string('x', 500)}");

    private static async Task ProduceAsync(ClusterProcesses cluster, int from)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig
        {
            BootstrapServers = cluster.Bootstrap,
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageTimeoutMs = 60_000,
            BatchNumMessages = 10,
        }).SetLogHandler(static (_, _) => { }).Build();
        await Task.WhenAll(Enumerable.Range(0, Partitions * Values).Select(i => producer.ProduceAsync(
            new TopicPartition(Topic, i % Partitions), new Message<Null, string> { Value = Value(i % Partitions, from + (i / Partitions)) })));
    }

    private static async Task<double> DamagesAsync(BrokerMember member)
    {
        using var client = new HttpClient { BaseAddress = member.Process!.Http };
        var lines = (await client.GetStringAsync("metrics")).Split('\n');
        return lines
            .Where(line => line.StartsWith("streaming_log_damages", StringComparison.Ordinal) && line.Contains($"\"{Topic}\"", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
    }

    private static async Task UntilAsync(Func<Task<bool>> isTrue, Func<string> otherwise)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var timeout = new CancellationTokenSource(_patience);
        try
        {
            while (!await isTrue())
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(otherwise());
        }
    }
}
