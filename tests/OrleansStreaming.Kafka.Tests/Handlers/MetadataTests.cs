using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class MetadataTests
{
    [Fact]
    public async Task Version_0_empty_is_all()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("u", 1);
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata(), 0);

        Assert.Equal(["t", "u"], answer.Topics.Select(topic => topic.Name));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(13)]
    public async Task Later_null_is_all_and_empty_is_none(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("u", 1);
        var client = await broker.ConnectAsync();

        var all = await client.AskAsync<MetadataResponse>(new MetadataRequest { Topics = null }, version);
        var none = await client.AskAsync<MetadataResponse>(Requests.Metadata(), version);

        Assert.Equal(["t", "u"], all.Topics.Select(topic => topic.Name));
        Assert.Empty(none.Topics);
        Assert.Equal(2, none.Brokers.Count);
        Assert.Empty(broker.Cluster.Commands);
    }

    [Fact]
    public async Task Cluster_brokers_and_partitions()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = broker.Cluster.Current.Topics["t"].Id;
        broker.Cluster.AddTopic("orphan", 1, new BrokerId(3));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata("t", "orphan"), 13);

        // Broker 3 is down: not offered, its leadership is no leadership, its replicas are offline.
        Assert.Equal([(1, "host-1", 9091, "rack-1"), (2, "host-2", 9092, "rack-2")], answer.Brokers.Select(node => (node.NodeId, node.Host, node.Port, node.Rack)));
        Assert.Equal(("a-cluster", 2), (answer.ClusterId, answer.ControllerId));
        Assert.Equal(id.Value, answer.Topics[0].TopicId);
        Assert.Equal([0, 1, 2], answer.Topics[0].Partitions.Select(partition => partition.PartitionIndex));
        var partition = answer.Topics[0].Partitions[0];
        Assert.Equal((0, 1, 0), (partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch));
        Assert.Equal([1, 3], partition.ReplicaNodes);
        Assert.Equal([1], partition.IsrNodes);
        Assert.Equal([3], partition.OfflineReplicas);
        var orphan = answer.Topics[1].Partitions[0];
        Assert.Equal(((short)ErrorCode.LeaderNotAvailable, -1), (orphan.ErrorCode, orphan.LeaderId));
    }

    [Fact]
    public async Task Version_0_leaves_out_brokers_that_are_down_and_says_so()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddReplicated("spread", 1, 2);
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata("t", "spread"), 0);

        Assert.Equal([(short)ErrorCode.ReplicaNotAvailable, (short)ErrorCode.None], answer.Topics.Select(topic => topic.Partitions[0].ErrorCode));
        Assert.Equal([1], answer.Topics[0].Partitions[0].ReplicaNodes);
        Assert.Equal(1, answer.Topics[0].Partitions[0].LeaderId);
        Assert.Equal([1, 2], answer.Topics[1].Partitions[0].ReplicaNodes);
    }

    [Fact]
    public async Task By_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = broker.Cluster.Current.Topics["t"].Id.Value;
        var unknown = Guid.NewGuid();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(ById(id, unknown), 12);

        Assert.Equal(("t", id, (short)0), (answer.Topics[0].Name, answer.Topics[0].TopicId, answer.Topics[0].ErrorCode));
        Assert.Equal((null, unknown, (short)ErrorCode.UnknownTopicId), (answer.Topics[1].Name, answer.Topics[1].TopicId, answer.Topics[1].ErrorCode));
        Assert.Empty(broker.Cluster.Commands);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public async Task By_id_before_it_is_supported_is_an_invalid_request(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(ById(broker.Cluster.Current.Topics["t"].Id.Value, Guid.NewGuid()), version);

        Assert.All(answer.Topics, topic => Assert.Equal((short)ErrorCode.InvalidRequest, topic.ErrorCode));
        Assert.Equal(2, answer.Topics.Count);
    }

    [Theory]
    [InlineData(3, true, true)]
    [InlineData(4, true, true)]
    [InlineData(4, false, false)]
    [InlineData(12, true, true)]
    [InlineData(12, false, false)]
    public async Task Topics_are_created_when_the_client_allows_it(short version, bool isAllowed, bool isCreated)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Metadata("new", "t", "new");
        request.AllowAutoTopicCreation = isAllowed;

        var answer = await client.AskAsync<MetadataResponse>(request, version);

        var created = answer.Topics.Where(topic => topic.Name == "new").ToArray();
        Assert.All(created, topic => Assert.Equal((short)(isCreated ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition), topic.ErrorCode));
        Assert.Equal(isCreated ? ["new"] : [], broker.Cluster.Commands.Cast<CreateTopicCommand>().Select(command => command.Name));
        Assert.All(broker.Cluster.Commands.Cast<CreateTopicCommand>(), command => Assert.Equal((-1, -1), (command.PartitionCount, command.ReplicationFactor)));
    }

    [Fact]
    public async Task Topics_are_created_only_when_the_broker_allows_it()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["auto.create.topics.enable"] = "false" });
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata("new"), 12);

        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, Assert.Single(answer.Topics).ErrorCode);
        Assert.Empty(broker.Cluster.Commands);
    }

    [Fact]
    public async Task A_created_topic_is_in_the_answer_though_the_metadata_lags()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.LagsBehind = true;
        var client = await broker.ConnectAsync();

        await client.SendAsync(Requests.Metadata("new"), 12);
        await broker.Cluster.Waiting.WaitAsync();
        broker.Cluster.CatchUp();

        var topic = Assert.Single((await client.ReceiveAsync<MetadataResponse>()).Topics);
        Assert.Equal((0, 1), (topic.ErrorCode, topic.Partitions.Count));
    }

    [Theory]
    [InlineData("bad/name", ErrorCode.InvalidTopicException)]
    [InlineData("", ErrorCode.InvalidTopicException)]
    public async Task A_topic_that_cannot_be(string name, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Refusal = TopicCommandResult.Refused(expected, "A bad name.");
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata(name), 12);

        Assert.Equal((name, (short)expected), (Assert.Single(answer.Topics).Name, answer.Topics[0].ErrorCode));
    }

    [Fact]
    public async Task A_controller_that_does_not_answer_costs_the_new_topic_only()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Failure = new TimeoutException("No answer.");
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<MetadataResponse>(Requests.Metadata("new", "t"), 12);

        Assert.Equal([ErrorCode.UnknownTopicOrPartition, ErrorCode.None], answer.Topics.Select(topic => (ErrorCode)topic.ErrorCode));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task Authorized_operations(short version, bool hasCluster)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = Requests.Metadata("t");
        var without = await client.AskAsync<MetadataResponse>(request, version);
        (request.IncludeTopicAuthorizedOperations, request.IncludeClusterAuthorizedOperations) = (true, hasCluster);

        var with = await client.AskAsync<MetadataResponse>(request, version);

        Assert.Equal((int.MinValue, int.MinValue), (without.ClusterAuthorizedOperations, without.Topics[0].TopicAuthorizedOperations));
        Assert.True(with.Topics[0].TopicAuthorizedOperations > 0);
        Assert.Equal(hasCluster, with.ClusterAuthorizedOperations > 0);
    }

    private static MetadataRequest ById(params Guid[] ids) => new()
    {
        Topics = [.. ids.Select(id => new MetadataRequest.MetadataRequestTopic { TopicId = id, Name = null })],
    };
}
