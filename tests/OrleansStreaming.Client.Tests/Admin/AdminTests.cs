using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Admin;

[Collection(BrokerCollection.Name)]
public sealed class AdminTests(BrokerFixture broker)
{
    private IStreamingAdmin Admin => broker.Cluster.Admin;

    [Fact]
    public async Task TheClusterIsDescribed()
    {
        var cluster = await Admin.DescribeClusterAsync();
        Assert.NotEmpty(cluster.ClusterId);
        Assert.Equal((new BrokerId(1), true), (cluster.Brokers.Single().Id, cluster.Brokers.Single().IsAlive));
    }

    [Fact]
    public async Task TopicsComeGrowAndGo()
    {
        var name = broker.NewName();
        var created = await Admin.CreateTopicAsync(new NewTopic(name) { PartitionCount = 2, Configs = new Dictionary<string, string> { ["retention.ms"] = "1000" } });
        Assert.Equal((2, "1000"), (created.Partitions.Count, created.Configs["retention.ms"]));
        Assert.Contains(await Admin.ListTopicsAsync(), topic => topic.Name == name);

        Assert.Equal(5, (await Admin.CreatePartitionsAsync(name, 5)).Partitions.Count);
        Assert.Equal(5, (await Admin.FindTopicAsync(name))!.Partitions.Count);

        await Admin.DeleteTopicAsync(name);
        Assert.Null(await Admin.FindTopicAsync(name));
    }

    [Fact]
    public async Task RefusalsSayWhy()
    {
        var topic = await broker.NewTopicAsync();
        var twice = await Assert.ThrowsAsync<RequestRefusedException>(() => Admin.CreateTopicAsync(new NewTopic(topic)));
        Assert.Equal(ErrorCode.TopicAlreadyExists, twice.Error);
        await Assert.ThrowsAsync<UnknownTopicException>(() => Admin.DeleteTopicAsync("nowhere"));
        var fewer = await Assert.ThrowsAsync<RequestRefusedException>(() => Admin.CreatePartitionsAsync(topic, 1));
        Assert.Equal(ErrorCode.InvalidPartitions, fewer.Error);
    }

    [Fact]
    public async Task ConfigsAreReadAndChanged()
    {
        var topic = ConfigResource.Topic(await broker.NewTopicAsync(1));
        await Admin.AlterConfigsAsync(topic, [new ConfigChange { Name = "retention.ms", Operation = ConfigOperation.Set, Value = "60000" }]);
        var configs = (await Admin.DescribeConfigsAsync(topic)).ToDictionary(config => config.Name);
        Assert.Equal(("60000", ConfigSource.TopicConfig), (configs["retention.ms"].Value, configs["retention.ms"].Source));
        Assert.True(configs["cleanup.policy"].IsDefault);

        var own = (await Admin.DescribeConfigsAsync(ConfigResource.Broker(new BrokerId(1)))).ToDictionary(config => config.Name);
        Assert.Equal(("4", ConfigSource.StaticBrokerConfig), (own["offsets.topic.num.partitions"].Value, own["offsets.topic.num.partitions"].Source));

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() =>
            Admin.AlterConfigsAsync(topic, [new ConfigChange { Name = "retention.ms", Operation = ConfigOperation.Set, Value = "soon" }]));
        Assert.Equal(ErrorCode.InvalidConfig, refused.Error);
    }

    [Fact]
    public async Task AGroupHasConfigsBeforeItExists()
    {
        var group = ConfigResource.Group("configured");

        await Admin.AlterConfigsAsync(group, [new ConfigChange { Name = "consumer.session.timeout.ms", Operation = ConfigOperation.Set, Value = "50000" }]);
        var configs = (await Admin.DescribeConfigsAsync(group)).ToDictionary(config => config.Name);

        Assert.Equal(("50000", ConfigSource.GroupConfig), (configs["consumer.session.timeout.ms"].Value, configs["consumer.session.timeout.ms"].Source));
        Assert.True(configs["consumer.heartbeat.interval.ms"].IsDefault);
        await Assert.ThrowsAsync<RequestRefusedException>(() =>
            Admin.AlterConfigsAsync(group, [new ConfigChange { Name = "consumer.session.timeout.ms", Operation = ConfigOperation.Set, Value = "1" }]));
    }

    [Fact]
    public async Task OffsetsAreFoundAndRecordsDeleted()
    {
        var topic = await broker.NewTopicAsync(1);
        var partition = new TopicPartition(topic, 0);
        await using var producer = broker.Client.CreateProducer<string, string>();
        for (var i = 0; i < 10; i++)
        {
            await producer.ProduceAsync(new ProducerRecord<string, string> { Topic = topic, Value = "v", Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(1000 + i) });
        }

        Assert.Equal(new Offset(10), (await Admin.GetOffsetsAsync([partition], OffsetQuery.Latest))[partition]);
        Assert.Equal(new Offset(4), (await Admin.GetOffsetsAsync([partition], OffsetQuery.At(DateTimeOffset.FromUnixTimeMilliseconds(1004))))[partition]);
        Assert.Empty(await Admin.GetOffsetsAsync([partition], OffsetQuery.At(DateTimeOffset.FromUnixTimeMilliseconds(5000))));
        var starts = await Admin.DeleteRecordsAsync(new Dictionary<TopicPartition, Offset> { [partition] = new Offset(3) });
        Assert.Equal(new Offset(3), starts[partition]);
        Assert.Equal(new Offset(3), (await Admin.GetOffsetsAsync([partition], OffsetQuery.Earliest))[partition]);
    }

    [Fact]
    public async Task GroupsAreDescribedMovedAndDeleted()
    {
        var topic = await broker.NewTopicAsync(1);
        var partition = new TopicPartition(topic, 0);
        var group = broker.NewName("group");
        await using (var producer = broker.Client.CreateProducer<int, int>())
        {
            await producer.ProduceAsync(topic, 1, 1);
            await producer.ProduceAsync(topic, 1, 2);
        }

        var consumer = broker.Client.CreateConsumer<int, int>(options =>
        {
            options.GroupId = group;
            options.Topics.Add(topic);
            options.OffsetReset = OffsetReset.Earliest;
        });
        await consumer.TakeAsync(1);
        var described = await Admin.DescribeGroupAsync(group);
        Assert.Equal(("Stable", "range"), (described.State, described.Assignor));
        Assert.Equal([partition], described.Members.Single().Assignment);
        Assert.Contains(await Admin.ListGroupsAsync(), listed => listed.GroupId == group && listed.State == "Stable");
        await Assert.ThrowsAsync<RequestRefusedException>(() => Admin.DeleteGroupAsync(group));
        await consumer.DisposeAsync();

        await Admin.SetGroupOffsetsAsync(group, new Dictionary<TopicPartition, Offset> { [partition] = new Offset(1) });
        var offset = Assert.Single(await Admin.GetGroupOffsetsAsync(group));
        Assert.Equal((new Offset(1), 1L), (offset.Committed, offset.Lag));
        await Admin.DeleteGroupOffsetsAsync(group, [partition]);
        Assert.Empty(await Admin.GetGroupOffsetsAsync(group));
        await Admin.SetGroupOffsetsAsync(group, new Dictionary<TopicPartition, Offset> { [partition] = new Offset(1) });
        await Admin.DeleteGroupAsync(group);
        Assert.Equal("Dead", (await Admin.DescribeGroupAsync(group)).State);
    }
}
