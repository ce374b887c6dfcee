using System.Collections.Concurrent;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Consuming;

[Collection(BrokerCollection.Name)]
public sealed class GroupTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(GroupAssignor.Range)]
    [InlineData(GroupAssignor.RoundRobin)]
    [InlineData(GroupAssignor.Sticky)]
    [InlineData(GroupAssignor.CooperativeSticky)]
    public async Task MembersShareThePartitionsAndLoseNothing(GroupAssignor assignor)
    {
        var topic = await broker.NewTopicAsync(4);
        var group = broker.NewName("group");
        var seen = new ConcurrentDictionary<int, string>();
        var members = new ConcurrentDictionary<string, ConcurrentDictionary<int, bool>>();
        using var stop = new CancellationTokenSource();
        var first = RunAsync("first");
        var second = RunAsync("second");
        await using var producer = broker.Client.CreateProducer<int, int>(options => options.Keyless = KeylessPartitioning.RoundRobin);
        var sent = 0;

        // Until both take part: a member may have everything while the other still joins.
        using var limit = new CancellationTokenSource(BrokerFixture.Limit);
        while (members.Count < 2 || seen.Count < sent)
        {
            limit.Token.ThrowIfCancellationRequested();
            if (seen.Count == sent)
            {
                for (var partition = 0; partition < 4; partition++)
                {
                    await producer.ProduceAsync(new ProducerRecord<int, int> { Topic = topic, Value = sent++, Partition = partition });
                }
            }

            await Task.Yield();
        }

        await stop.CancelAsync();
        await Task.WhenAll(first, second);
        Assert.Equal(sent, seen.Count);

        async Task RunAsync(string name)
        {
            await using var consumer = broker.Client.CreateConsumer<int, int>(options =>
            {
                options.GroupId = group;
                options.Topics.Add(topic);
                options.Assignors.Add(assignor);
                options.OffsetReset = OffsetReset.Earliest;
                options.HeartbeatInterval = TimeSpan.FromMilliseconds(50);
            });
            try
            {
                await foreach (var record in consumer.ConsumeAsync(stop.Token))
                {
                    seen[record.Value] = name;
                    members.GetOrAdd(name, _ => new()).TryAdd(record.Partition.Partition, true);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    [Theory]
    [InlineData(CommitMode.Automatic)]
    [InlineData(CommitMode.PerRecord)]
    [InlineData(CommitMode.PerBatch)]
    [InlineData(CommitMode.Manual)]
    public async Task TheNextMemberGoesOnWhereTheLastOneStopped(CommitMode mode)
    {
        var topic = await broker.NewTopicAsync(1);
        var group = broker.NewName("group");
        await using (var producer = broker.Client.CreateProducer<int, int>())
        {
            for (var i = 0; i < 20; i++)
            {
                await producer.ProduceAsync(topic, 1, i);
            }
        }

        await using (var former = NewConsumer())
        {
            var records = await former.TakeAsync(11);
            if (mode == CommitMode.Manual)
            {
                await former.CommitAsync(records[9]);
            }
        }

        // The eleventh record was in hand when the enumeration ended: it was not processed.
        await using var latter = NewConsumer();
        Assert.Equal(new Offset(10), await latter.CommittedAsync(new TopicPartition(topic, 0)));
        Assert.Equal(Enumerable.Range(10, 10), (await latter.TakeAsync(10)).Select(record => record.Value));

        IConsumer<int, int> NewConsumer() => broker.Client.CreateConsumer<int, int>(options =>
        {
            options.GroupId = group;
            options.Topics.Add(topic);
            options.CommitMode = mode;
            options.CommitInterval = TimeSpan.FromHours(1);
            options.OffsetReset = OffsetReset.Earliest;
        });
    }

    [Fact]
    public async Task AListenerSeesPartitionsComeAndGo()
    {
        var topic = await broker.NewTopicAsync(2);
        var listener = new Recorder();
        var consumer = broker.Client.CreateConsumer<int, int>(options =>
        {
            options.GroupId = broker.NewName("group");
            options.Topics.Add(topic);
            options.AssignmentListener = listener;
            options.OffsetReset = OffsetReset.Earliest;
        });
        await using (var producer = broker.Client.CreateProducer<int, int>())
        {
            await producer.ProduceAsync(topic, 1, 1);
        }

        await consumer.TakeAsync(1);
        await consumer.DisposeAsync();

        Assert.Equal(["assigned 2", "revoked 2"], listener.Events);
    }

    [Fact]
    public async Task PositionsNeedAGroup()
    {
        await using var consumer = broker.Client.CreateConsumer<int, int>();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await consumer.CommitAsync());
    }

    [Fact]
    public async Task WhoGivesUpHearsThatWhateverElseFails()
    {
        var (grains, cut) = SeveredGrains.Over(broker.Cluster.Grains);
        await using var client = StreamingClient.Create(grains, new StreamingClientOptions { MetadataTimeout = BrokerFixture.Limit });
        var group = broker.NewName("group");
        Assert.Empty(await client.Admin.GetGroupOffsetsAsync(group));
        cut();
        using var givenUp = new CancellationTokenSource();
        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Admin.GetGroupOffsetsAsync(group, givenUp.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Admin.ListGroupsAsync(givenUp.Token));
    }

    private sealed class Recorder : IAssignmentListener
    {
        public List<string> Events { get; } = [];

        public ValueTask OnAssignedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) => Note("assigned", partitions);

        public ValueTask OnRevokedAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) => Note("revoked", partitions);

        public ValueTask OnLostAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken) => Note("lost", partitions);

        private ValueTask Note(string what, IReadOnlyCollection<TopicPartition> partitions)
        {
            Events.Add($"{what} {partitions.Count}");
            return ValueTask.CompletedTask;
        }
    }
}
