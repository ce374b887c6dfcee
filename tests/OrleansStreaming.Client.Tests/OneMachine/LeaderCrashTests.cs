using System.Collections.Concurrent;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.OneMachine;

/// <summary>Brokers are killed while producers await their records and a group reads them.</summary>
public sealed class LeaderCrashTests
{
    private const int Callers = 8;
    private const string Topic = "orders";

    /// <summary>The example in the documentation of <see cref="StreamingTestCluster"/>, and the README's snippet.</summary>
    [Fact]
    public async Task TheNextLeaderTakesOver()
    {
        // begin testing
        await using var cluster = await StreamingTestCluster.StartAsync(options => options.Brokers = 3);
        await cluster.Admin.CreateTopicAsync(new NewTopic("orders") { PartitionCount = 1 });
        await using var producer = cluster.Client.CreateProducer<string, string>();
        await producer.ProduceAsync("orders", "customer-7", "two apples");

        var leader = (await cluster.Admin.FindTopicAsync("orders"))!.Partitions[0].Leader;
        await cluster.CrashBrokerAsync(leader.Value);
        var stored = await producer.ProduceAsync("orders", "customer-7", "three pears"); // by the next leader
        Assert.Equal(1, stored.Offset.Value);
        await cluster.StartBrokerAsync(leader.Value);
        await cluster.WhenInSyncAsync("orders");
        // end testing
    }

    [Fact]
    public async Task NothingIsLostOrDoubledAndNobodyHearsOfItWhenLeadersAreKilledUnderLoad()
    {
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        await using var cluster = await StreamingTestCluster.StartAsync(options =>
        {
            options.Brokers = 3;
            options.ConfigureClient = client => client.MetadataTimeout = BrokerFixture.Limit;
        });
        await cluster.Admin.CreateTopicAsync(new NewTopic(Topic) { PartitionCount = 3 });
        using var done = new CancellationTokenSource();
        var order = new KeyOrder(Callers);
        var reading = Enumerable.Range(0, 2).Select(handler => ReadAsync(cluster.Client, handler, order, done.Token)).ToArray();
        await using var producer = cluster.Client.CreateProducer<int, int>();
        var load = new Load(producer, order, limit.Token);

        await load.ComeFurtherAsync();
        for (var partition = 0; partition < 2; partition++)
        {
            var leader = (await cluster.Admin.FindTopicAsync(Topic))!.Partitions[partition].Leader.Value;
            await cluster.CrashBrokerAsync(leader);
            await load.ComeFurtherAsync();
            await cluster.StartBrokerAsync(leader);
            await cluster.WhenInSyncAsync(Topic);
            await load.ComeFurtherAsync();
        }

        var acknowledged = await load.EndAsync();
        await order.WhenAllAreHandledAsync(limit.Token);
        await done.CancelAsync();
        await Task.WhenAll(reading);
        Assert.Empty(order.Violations);

        var stored = new List<(int Key, int Number)>();
        await using var reader = cluster.Client.CreateConsumer<int, int>(options => options.OffsetReset = OffsetReset.Earliest);
        reader.Subscribe(Topic);
        foreach (var record in await reader.TakeAsync(acknowledged.Sum()))
        {
            stored.Add((record.Key, record.Value));
        }

        Assert.All(Enumerable.Range(0, Callers), key => Assert.Equal(
            Enumerable.Range(0, acknowledged[key]), stored.Where(record => record.Key == key).Select(record => record.Number)));
        var partitions = (await cluster.Admin.FindTopicAsync(Topic))!.Partitions.Select(partition => new Records.Ids.TopicPartition(Topic, partition.Partition));
        var ends = await cluster.Admin.GetOffsetsAsync(partitions, OffsetQuery.Latest);
        Assert.Equal(acknowledged.Sum(), ends.Values.Sum(end => end.Value));
    }

    private static async Task ReadAsync(IStreamingClient client, int handler, KeyOrder order, CancellationToken done)
    {
        await using var consumer = client.CreateConsumer<int, int>(options =>
        {
            options.GroupId = "billing";
            options.Topics.Add(Topic);
            options.OffsetReset = OffsetReset.Earliest;
        });
        try
        {
            await foreach (var record in consumer.ConsumeAsync(done))
            {
                order.Handle(handler, record.Key, record.Value);
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // Everything was handled.
        }
    }

    /// <summary>Callers, each with a key of its own, that await every record before the next.</summary>
    private sealed class Load
    {
        private const int Step = 25;

        private readonly CancellationToken _limit;
        private readonly CancellationTokenSource _ending = new();
        private readonly ConcurrentDictionary<int, int> _acknowledged = new();
        private readonly SemaphoreSlim _progress = new(0);
        private readonly Task[] _callers;

        public Load(IProducer<int, int> producer, KeyOrder order, CancellationToken limit)
        {
            _limit = limit;
            _callers = [.. Enumerable.Range(0, Callers).Select(key => Task.Run(() => CallAsync(producer, order, key), CancellationToken.None))];
        }

        /// <summary>Completes when each caller has so many more records acknowledged; fails when one of them has failed.</summary>
        public async Task ComeFurtherAsync()
        {
            var goal = Enumerable.Range(0, Callers).ToDictionary(key => key, key => _acknowledged.GetValueOrDefault(key) + Step);
            while (goal.Any(entry => _acknowledged.GetValueOrDefault(entry.Key) < entry.Value))
            {
                await await Task.WhenAny([_progress.WaitAsync(_limit), .. _callers]);
            }
        }

        public async Task<int[]> EndAsync()
        {
            await _ending.CancelAsync();
            await Task.WhenAll(_callers);
            return [.. Enumerable.Range(0, Callers).Select(key => _acknowledged[key])];
        }

        private async Task CallAsync(IProducer<int, int> producer, KeyOrder order, int key)
        {
            while (!_ending.IsCancellationRequested)
            {
                await producer.ProduceAsync(Topic, key, order.Next(key), cancellationToken: _limit);
                _acknowledged.AddOrUpdate(key, 1, static (_, count) => count + 1);
                _progress.Release();
            }
        }
    }
}
