using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Producers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Silos;

public sealed class BrokerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("broker").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_started_broker_is_ready_and_in_its_own_metadata()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        Assert.True(broker.Readiness.IsReady);
        var image = broker.Metadata.Current;
        Assert.Equal(22, image.ClusterId.Length);
        Assert.Equal(new BrokerId(1), image.Controller);
        Assert.True(image.Brokers[new BrokerId(1)].IsAlive);
    }

    [Fact]
    public async Task A_new_topic_can_be_written_and_read_as_soon_as_its_creation_is_answered()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        var topic = await broker.CreateAsync("t", partitions: 3);
        Assert.Equal(3, topic.Partitions.Count);
        Assert.All(topic.Partitions, partition => Assert.Equal(new BrokerId(1), partition.Leader));
        var appended = await broker.AppendAsync("t", "a", "b");
        Assert.Equal(ErrorCode.None, appended.Error);
        Assert.True(appended.IsCommitted);
        Assert.Equal(["a", "b"], broker.Read("t"));
        Assert.Equal(3, broker.Replicas.All.Count);
        Assert.Same(broker.Metadata.Current.Topics["t"], broker.Metadata.Current.TopicsById[topic.Id]);
    }

    [Fact]
    public async Task Validating_changes_nothing()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        var result = await broker.Controller.CreateTopic(new CreateTopicCommand { Name = "t", PartitionCount = 2, ValidateOnly = true });
        Assert.Equal(2, result.Topic!.Partitions.Count);
        await broker.CreateAsync("t");
        Assert.Single(broker.Metadata.Current.Topics["t"].Partitions);
    }

    [Fact]
    public async Task Partitions_are_added_while_the_old_ones_go_on()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        await broker.CreateAsync("t");
        await broker.AppendAsync("t", "a");
        var grown = await broker.Controller.CreatePartitions(new CreatePartitionsCommand { Name = "t", TotalCount = 3 });
        Assert.Equal(3, grown.Topic!.Partitions.Count);
        Assert.Equal(ErrorCode.None, (await broker.Replica("t", 2).Append(Batches.Request(RequiredAcks.All, "c"))).Error);
        Assert.Equal(new LeaderEpoch(0), broker.Replicas.Find(new TopicPartition("t", 0))!.Status.LeaderEpoch);
        Assert.Equal(["a"], broker.Read("t"));
    }

    [Fact]
    public async Task A_deleted_topic_is_gone_with_its_files_and_the_name_is_free()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        var former = await broker.CreateAsync("t");
        await broker.AppendAsync("t", "old");
        var deleted = await broker.Controller.DeleteTopic(new DeleteTopicCommand { TopicId = former.Id });
        Assert.Equal(ErrorCode.None, deleted.Error);
        await broker.Metadata.WaitForVersionAsync(deleted.MetadataVersion, CancellationToken.None);
        Assert.Empty(broker.Metadata.Current.Topics);
        Assert.Null(broker.Replicas.Find(new TopicPartition("t", 0)));
        Assert.False(Directory.Exists(Path.Combine(_folder, "data", "t-0")));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await broker.AppendAsync("t", "x")).Error);

        var next = await broker.CreateAsync("t");
        Assert.NotEqual(former.Id, next.Id);
        await broker.AppendAsync("t", "new");
        Assert.Equal(["new"], broker.Read("t"));
    }

    [Fact]
    public async Task A_topic_waits_for_the_files_of_a_deleted_one_of_its_name_and_is_there_when_they_are_gone()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        var deleted = await broker.CreateAsync("t");
        var successor = new TopicDescription
        {
            Name = "t",
            Id = new TopicId(Guid.NewGuid()),
            Version = 1,
            Configs = deleted.Configs,
            Partitions = deleted.Partitions,
        };
        var grain = broker.Grains.GetGrain<IBrokerGrain>("1");
        Assert.Equal(ErrorCode.KafkaStorageError, await grain.ApplyTopic(successor));
        Assert.Equal(deleted.Id, broker.Replicas.Find(new TopicPartition("t", 0))!.TopicId);

        // Nobody tells of the new topic again.
        Assert.Equal(ErrorCode.None, await grain.DropTopic(deleted.Id));
        Assert.Equal(successor.Id, broker.Replicas.Find(new TopicPartition("t", 0))!.TopicId);
        Assert.Equal(ErrorCode.None, await grain.ApplyTopic(deleted));
        Assert.Equal(successor.Id, broker.Replicas.Find(new TopicPartition("t", 0))!.TopicId);
    }

    [Fact]
    public async Task Config_changes_reach_the_replicas_at_once()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        await broker.CreateAsync("t");
        var altered = await broker.Controller.AlterConfigs(Alter(ConfigResourceType.Topic, "t", "max.message.bytes", "100"));
        Assert.Equal("100", altered.Topic!.Configs["max.message.bytes"]);
        Assert.Equal(ErrorCode.MessageTooLarge, (await broker.AppendAsync("t", new string('x', 200))).Error);
        Assert.Equal(ErrorCode.InvalidConfig, (await broker.Controller.AlterConfigs(Alter(ConfigResourceType.Topic, "t", "max.message.bytes", "x"))).Error);
        Assert.Equal(
            ErrorCode.UnknownTopicOrPartition, (await broker.Controller.AlterConfigs(Alter(ConfigResourceType.Topic, "none", "max.message.bytes", "1"))).Error);
    }

    [Fact]
    public async Task Dynamic_broker_configs_are_told_in_metadata_and_survive()
    {
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            var altered = await broker.Controller.AlterConfigs(Alter(ConfigResourceType.Broker, "", "message.max.bytes", "100"));
            await broker.Metadata.WaitForVersionAsync(altered.MetadataVersion, CancellationToken.None);
            Assert.Equal("100", broker.Metadata.Current.BrokerConfigs[""]["message.max.bytes"]);
        }

        await using var again = await TestBroker.StartAsync(_folder);
        await again.CreateAsync("t");
        Assert.Equal(ErrorCode.MessageTooLarge, (await again.AppendAsync("t", new string('x', 200))).Error);
    }

    [Fact]
    public async Task Producer_ids_are_never_given_twice()
    {
        ProducerIdBlock first;
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            first = await broker.Grains.GetGrain<IProducerIdGrain>(IProducerIdGrain.Key).AllocateBlock();
        }

        await using var again = await TestBroker.StartAsync(_folder);
        var second = await again.Grains.GetGrain<IProducerIdGrain>(IProducerIdGrain.Key).AllocateBlock();
        Assert.Equal(first.First.Value + first.Count, second.First.Value);
    }

    [Fact]
    public async Task Records_are_deleted_through_the_grain()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        await broker.CreateAsync("t");
        await broker.AppendAsync("t", "a");
        await broker.AppendAsync("t", "b");
        Assert.Equal(new Offset(1), (await broker.Replica("t").DeleteRecords(new Offset(1))).LowWatermark);
        Assert.Equal(["b"], broker.Read("t"));
    }

    [Fact]
    public async Task Of_two_writers_of_a_topics_state_the_late_one_is_refused_and_reads_again()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        var topic = await broker.CreateAsync("t");
        var file = StateFiles.Latest(_folder, "topic", "t.topic");
        var state = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        state["etag"] = "somebody-else";
        state["state"]!["Version"] = 7;
        await StateFiles.AddAsync(file, state.ToJsonString());

        var grain = broker.Grains.GetGrain<ITopicGrain>("t");
        var command = Alter(ConfigResourceType.Topic, "t", "retention.ms", "1");
        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => grain.AlterConfigs(topic.Id, command));
        var altered = await grain.AlterConfigs(topic.Id, command);
        Assert.Equal(8, altered.Topic!.Version);
    }

    [Fact]
    public async Task A_change_that_a_leader_proposes_reaches_the_metadata()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        var topic = await broker.CreateAsync("t");
        var partition = topic.Partitions[0];
        var version = broker.Metadata.Current.Version;

        // A change behind the controller's back; with the proposal the topic grain tells it.
        var grain = broker.Grains.GetGrain<ITopicGrain>("t");
        var altered = await grain.AlterConfigs(topic.Id, Alter(ConfigResourceType.Topic, "t", "retention.ms", "1"));
        Assert.Equal(version, broker.Metadata.Current.Version);
        await grain.ProposeInSync(
        [
            new InSyncProposal
            {
                TopicId = topic.Id,
                Partition = 0,
                Leader = partition.Leader,
                LeaderEpoch = partition.LeaderEpoch,
                PartitionEpoch = partition.PartitionEpoch,
                InSyncReplicas = [.. partition.InSyncReplicas],
            },
        ]);
        await broker.Metadata.WaitForVersionAsync(version + 1, CancellationToken.None);
        Assert.Equal(altered.Topic!.Version, broker.Metadata.Current.Topics["t"].Version);
    }

    private static AlterConfigsCommand Alter(ConfigResourceType type, string resource, string name, string value) => new()
    {
        ResourceType = type,
        ResourceName = resource,
        Changes = new ConfigChange[] { new() { Name = name, Value = value } },
    };
}
