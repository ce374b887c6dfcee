using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.Consuming;

/// <summary>Key-based groups over a broker of their own, whose sessions are short: members that vanish are missed soon.</summary>
public sealed class KeyBasedGroupTests : IAsyncLifetime
{
    private const int Keys = 40;
    private const string Topic = "orders";

    private readonly KeyOrder _order = new(Keys);
    private StreamingTestCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await StreamingTestCluster.StartAsync(options =>
        {
            options.Configs["group.consumer.session.timeout.ms"] = "2000";
            options.Configs["group.consumer.min.session.timeout.ms"] = "1000";
            options.Configs["group.consumer.heartbeat.interval.ms"] = "100";
            options.Configs["group.consumer.min.heartbeat.interval.ms"] = "100";
        });
        await _cluster.Admin.CreateTopicAsync(new NewTopic(Topic) { PartitionCount = 2 });
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData(CommitMode.Automatic, false)]
    [InlineData(CommitMode.PerBatch, true)]
    public async Task MoreMembersThanPartitionsAllWorkAndKeysStayInOrderWhenSomeVanish(CommitMode commits, bool inBatches)
    {
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        using var done = new CancellationTokenSource();
        var members = Enumerable.Range(0, 8).Select(name => new Member(name, _cluster.Grains, _order, commits, inBatches)).ToArray();
        var running = members.Select(member => member.RunAsync(done.Token)).ToArray();
        await using var producer = _cluster.Client.CreateProducer<int, int>();

        // Until each of the eight has handled something, with slots moving all the while.
        while (members.Any(member => _order.HandledBy(member.Name) == 0))
        {
            await RoundAsync();
            await _order.WhenAllAreHandledAsync(limit.Token);
        }

        Array.ForEach(members[..3], member => member.Kill());
        for (var i = 0; i < 20; i++)
        {
            await RoundAsync();
        }

        await _order.WhenAllAreHandledAsync(limit.Token);
        await done.CancelAsync();
        await Task.WhenAll(running);
        Assert.Empty(_order.Violations);

        // What was said to be finished is all there is: a newcomer finds nothing left, but for what comes now.
        var late = new Member(9, _cluster.Grains, _order, commits, inBatches);
        using var lateDone = new CancellationTokenSource();
        var lateRunning = late.RunAsync(lateDone.Token);
        await RoundAsync();
        await _order.WhenAllAreHandledAsync(limit.Token);
        await lateDone.CancelAsync();
        await lateRunning;
        Assert.Empty(_order.Violations);
        Assert.Equal(Keys, _order.HandledBy(late.Name));

        async Task RoundAsync()
        {
            limit.Token.ThrowIfCancellationRequested();
            var sent = Enumerable.Range(0, Keys).Select(key => producer.ProduceAsync(Topic, key, _order.Next(key)).AsTask());
            await Task.WhenAll(sent);
        }
    }

    [Fact]
    public async Task OnlyWhatTheApplicationCommitsIsFinishedWhenCommitsAreManual()
    {
        await using var producer = _cluster.Client.CreateProducer<int, int>();
        for (var key = 0; key < Keys; key++)
        {
            await producer.ProduceAsync(Topic, key, key);
        }

        await using (var first = NewConsumer(_cluster.Client, CommitMode.Manual))
        {
            // Of the last one it is not known yet that it is processed.
            await first.TakeAsync(31);
            await first.CommitAsync();
        }

        await using var second = NewConsumer(_cluster.Client, CommitMode.Manual);
        var rest = await second.TakeAsync(10);
        Assert.Equal(10, rest.Select(record => record.Key).Distinct().Count());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.CommitAsync(rest[0]));
        Assert.Throws<InvalidOperationException>(() => second.Seek(rest[0].Partition, rest[0].Offset));
    }

    [Fact]
    public void KeyBasedGoesWithNoOtherAssignor()
    {
        Assert.Throws<InvalidOperationException>(() => _cluster.Client.CreateConsumer<int, int>(options =>
        {
            options.GroupId = "g";
            options.Assignors.Add(GroupAssignor.KeyBased);
            options.Assignors.Add(GroupAssignor.Range);
        }));
    }

    private static IConsumer<int, int> NewConsumer(IStreamingClient client, CommitMode commits) => client.CreateConsumer<int, int>(options =>
    {
        options.GroupId = "billing";
        options.Topics.Add(Topic);
        options.Assignors.Add(GroupAssignor.KeyBased);
        options.OffsetReset = OffsetReset.Earliest;
        options.CommitMode = commits;
        options.CommitInterval = TimeSpan.FromMilliseconds(200);
    });

    /// <summary>A consumer in a process of its own, as far as the cluster can tell.</summary>
    private sealed class Member(int name, Orleans.IGrainFactory grains, KeyOrder order, CommitMode commits, bool inBatches)
    {
        private readonly (Orleans.IGrainFactory Grains, Action Cut) _line = SeveredGrains.Over(grains);
        private volatile bool _isCut;
        private readonly Lock _life = new();
        private readonly CancellationTokenSource _killed = new();
        private readonly StreamingClientOptions _options = new() { MetadataTimeout = BrokerFixture.Limit };

        public int Name => name;

        /// <summary>Says goodbye to nobody, and handles nothing any more.</summary>
        public void Kill()
        {
            lock (_life)
            {
                _isCut = true;
                _line.Cut();
                _options.MetadataTimeout = _options.RequestTimeout = TimeSpan.FromSeconds(1); // goodbyes go nowhere: no need to wait
                _killed.Cancel();
            }
        }

        public async Task RunAsync(CancellationToken done)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(done, _killed.Token);
            await using var client = StreamingClient.Create(_line.Grains, _options);
            await using var consumer = NewConsumer(client, commits);
            try
            {
                if (inBatches)
                {
                    await foreach (var batch in consumer.ConsumeBatchesAsync(stop.Token))
                    {
                        foreach (var record in batch.Records)
                        {
                            Handle(record);
                        }
                    }
                }
                else
                {
                    await foreach (var record in consumer.ConsumeAsync(stop.Token))
                    {
                        Handle(record);
                    }
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Done, or dead.
            }
            catch (StreamingException) when (_isCut)
            {
                // Dead before it heard of it.
            }
        }

        private void Handle(ConsumedRecord<int, int> record)
        {
            lock (_life)
            {
                if (!_killed.IsCancellationRequested)
                {
                    order.Handle(name, record.Key, record.Value);
                }
            }
        }
    }
}
