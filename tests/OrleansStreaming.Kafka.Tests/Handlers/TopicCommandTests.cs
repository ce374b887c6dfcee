using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>CreateTopics, CreatePartitions and DeleteTopics: what reaches the controller, and what clients are told.</summary>
public sealed class TopicCommandTests
{
    [Fact]
    public async Task A_created_topic_is_described()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var topic = Topic("new", 4);
        topic.Configs.Add(new() { Name = "cleanup.policy", Value = "compact" });

        var answer = Assert.Single((await client.AskAsync<CreateTopicsResponse>(Create(topic), 7)).Topics);

        Assert.Equal(("new", (short)0, 4, (short)2), (answer.Name, answer.ErrorCode, answer.NumPartitions, answer.ReplicationFactor));
        Assert.Equal(broker.Cluster.Current.Topics["new"].Id.Value, answer.TopicId);
        var policy = Assert.Single(answer.Configs!, config => config.Name == "cleanup.policy");
        Assert.Equal(("compact", 1), (policy.Value, policy.ConfigSource));
        var retention = Assert.Single(answer.Configs!, config => config.Name == "retention.ms");
        Assert.Equal(("604800000", 5), (retention.Value, retention.ConfigSource));
    }

    [Fact]
    public async Task Defaults_of_the_broker_are_the_controllers_to_fill_in()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<CreateTopicsResponse>(Create(Topic("new", -1, -1)), 4);

        Assert.Equal(0, Assert.Single(answer.Topics).ErrorCode);
        var command = Assert.IsType<CreateTopicCommand>(Assert.Single(broker.Cluster.Commands));
        Assert.Equal((-1, -1, false), (command.PartitionCount, command.ReplicationFactor, command.ValidateOnly));
    }

    [Fact]
    public async Task The_client_says_how_long_to_wait_for_the_metadata()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.LagsBehind = true;
        var client = await broker.ConnectAsync();
        var request = Create(Topic("new", 1));
        request.TimeoutMs = 0;

        var answer = await client.AskAsync<CreateTopicsResponse>(request, 7);

        Assert.Equal((short)ErrorCode.RequestTimedOut, Assert.Single(answer.Topics).ErrorCode);
        broker.Cluster.CatchUp();
        Assert.Contains("new", broker.Cluster.Current.Topics.Keys);
    }

    [Fact]
    public async Task Manual_assignments_reach_the_controller()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var topic = Topic("new", -1, -1);
        topic.Assignments.Add(new() { PartitionIndex = 1, BrokerIds = [2, 1] });
        topic.Assignments.Add(new() { PartitionIndex = 0, BrokerIds = [1, 2] });

        await client.AskAsync<CreateTopicsResponse>(Create(topic), 7);

        var command = Assert.IsType<CreateTopicCommand>(Assert.Single(broker.Cluster.Commands));
        Assert.Equal([1, 2], command.Assignments[0]);
        Assert.Equal([2, 1], command.Assignments[1]);
    }

    [Fact]
    public async Task Each_topic_has_its_own_outcome()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var both = Topic("both", 3);
        both.Assignments.Add(new() { PartitionIndex = 0, BrokerIds = [1] });
        var twice = Topic("twice", -1, -1);
        twice.Assignments.Add(new() { PartitionIndex = 0, BrokerIds = [1] });
        twice.Assignments.Add(new() { PartitionIndex = 0, BrokerIds = [1] });
        var nothing = Topic("nothing", 1);
        nothing.Configs.Add(new() { Name = "retention.ms", Value = null });
        var repeated = Topic("repeated", 1);
        repeated.Configs.Add(new() { Name = "retention.ms", Value = "1" });
        repeated.Configs.Add(new() { Name = "retention.ms", Value = "2" });

        var answer = await client.AskAsync<CreateTopicsResponse>(
            Create(Topic("t", 1), both, twice, nothing, repeated, Topic("bad/name", 1), Topic("same", 1), Topic("same", 2), Topic("good", 1)), 7);

        var errors = answer.Topics.ToDictionary(topic => topic.Name, topic => (ErrorCode)topic.ErrorCode);
        Assert.Equal(8, errors.Count);
        Assert.Equal(ErrorCode.TopicAlreadyExists, errors["t"]);
        Assert.Equal(ErrorCode.InvalidRequest, errors["both"]);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, errors["twice"]);
        Assert.Equal(ErrorCode.InvalidConfig, errors["nothing"]);
        Assert.Equal(ErrorCode.InvalidConfig, errors["repeated"]);
        Assert.Equal(ErrorCode.InvalidTopicException, errors["bad/name"]);
        Assert.Equal(ErrorCode.InvalidRequest, errors["same"]);
        Assert.Equal(ErrorCode.None, errors["good"]);
        Assert.All(answer.Topics.Where(topic => topic.ErrorCode != 0), topic => Assert.NotNull(topic.ErrorMessage));
        Assert.DoesNotContain("same", broker.Cluster.Current.Topics.Keys);
    }

    [Fact]
    public async Task Validation_changes_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var create = Create(Topic("new", 2));
        create.ValidateOnly = true;

        var created = await client.AskAsync<CreateTopicsResponse>(create, 7);
        var grown = await client.AskAsync<CreatePartitionsResponse>(
            new CreatePartitionsRequest { Topics = [new() { Name = "t", Count = 5, Assignments = null }], ValidateOnly = true }, 3);

        Assert.Equal((0, 2), (created.Topics[0].ErrorCode, created.Topics[0].NumPartitions));
        Assert.Equal(0, grown.Results[0].ErrorCode);
        Assert.Equal(["t"], broker.Cluster.Current.Topics.Keys);
        Assert.Equal(3, broker.Cluster.Current.Topics["t"].Partitions.Count);
    }

    [Fact]
    public async Task Partitions_grow_and_never_shrink()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new CreatePartitionsRequest
        {
            Topics =
            [
                new() { Name = "t", Count = 5, Assignments = [new() { BrokerIds = [1] }, new() { BrokerIds = [2] }] },
                new() { Name = "nowhere", Count = 5, Assignments = null },
                new() { Name = "same", Count = 1, Assignments = null },
                new() { Name = "same", Count = 2, Assignments = null },
            ],
        };

        var grown = await client.AskAsync<CreatePartitionsResponse>(request, 3);
        var shrunk = await client.AskAsync<CreatePartitionsResponse>(
            new CreatePartitionsRequest { Topics = [new() { Name = "t", Count = 4, Assignments = null }] }, 3);

        Assert.Equal(
            [("t", ErrorCode.None), ("nowhere", ErrorCode.UnknownTopicOrPartition), ("same", ErrorCode.InvalidRequest)],
            grown.Results.Select(result => (result.Name, (ErrorCode)result.ErrorCode)));
        Assert.Equal((short)ErrorCode.InvalidPartitions, Assert.Single(shrunk.Results).ErrorCode);
        Assert.Equal(5, broker.Cluster.Current.Topics["t"].Partitions.Count);
        var command = Assert.IsType<CreatePartitionsCommand>(broker.Cluster.Commands[0]);
        Assert.Equal([1, 2], command.NewAssignments!.SelectMany(brokers => brokers));
    }

    [Fact]
    public async Task Deletion_by_name()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = ["t", "nowhere"] }, 5);

        Assert.Equal(
            [("t", ErrorCode.None), ("nowhere", ErrorCode.UnknownTopicOrPartition)],
            answer.Responses.Select(topic => (topic.Name, (ErrorCode)topic.ErrorCode)));
        Assert.Empty(broker.Cluster.Current.Topics);
    }

    [Fact]
    public async Task Deletion_by_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = broker.Cluster.Current.Topics["t"].Id.Value;
        broker.Cluster.AddTopic("u", 1);
        var unknown = Guid.NewGuid();
        var client = await broker.ConnectAsync();
        var request = new DeleteTopicsRequest
        {
            Topics = [new() { TopicId = id }, new() { Name = "u" }, new() { TopicId = unknown }, new(), new() { Name = "u", TopicId = id }],
        };

        var answer = await client.AskAsync<DeleteTopicsResponse>(request, 6);

        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.UnknownTopicId, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest],
            answer.Responses.Select(topic => (ErrorCode)topic.ErrorCode));
        Assert.Equal(("t", id), (answer.Responses[0].Name, answer.Responses[0].TopicId));
        Assert.Equal((null, unknown), (answer.Responses[2].Name, answer.Responses[2].TopicId));
        Assert.Empty(broker.Cluster.Current.Topics);
    }

    [Theory]
    [InlineData(2, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.TopicDeletionDisabled)]
    public async Task Deletion_can_be_switched_off(short version, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["delete.topic.enable"] = "false" });
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = ["t"] }, version);

        Assert.Equal((short)expected, Assert.Single(answer.Responses).ErrorCode);
        Assert.Empty(broker.Cluster.Commands);
    }

    [Fact]
    public async Task Answers_come_when_this_broker_sees_the_effect()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.LagsBehind = true;
        var client = await broker.ConnectAsync();

        await client.SendAsync(Create(Topic("new", 2)), 7);
        await broker.Cluster.Waiting.WaitAsync();
        await client.SendAsync(Requests.Metadata("new"), 12);
        broker.Cluster.CatchUp();

        Assert.Equal(0, (await client.ReceiveAsync<CreateTopicsResponse>()).Topics[0].ErrorCode);
        Assert.Equal(2, (await client.ReceiveAsync<MetadataResponse>()).Topics[0].Partitions.Count);
    }

    [Theory]
    [InlineData(true, ErrorCode.RequestTimedOut)]
    [InlineData(false, ErrorCode.UnknownServerError)]
    public async Task A_controller_that_does_not_answer_is_an_error_of_the_topic(bool isTimeout, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Failure = isTimeout ? new TimeoutException("No answer.") : new InvalidOperationException("Broken.");
        var client = await broker.ConnectAsync();

        var created = await client.AskAsync<CreateTopicsResponse>(Create(Topic("new", 2)), 7);
        var deleted = await client.AskAsync<DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = ["t"] }, 5);
        var grown = await client.AskAsync<CreatePartitionsResponse>(
            new CreatePartitionsRequest { Topics = [new() { Name = "t", Count = 5, Assignments = null }] }, 3);

        Assert.Equal((short)expected, created.Topics[0].ErrorCode);
        Assert.Equal((short)expected, deleted.Responses[0].ErrorCode);
        Assert.Equal((short)expected, grown.Results[0].ErrorCode);
        Assert.Equal(3, broker.Log.Shown.Count);
    }

    private static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions, short replicas = 1) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = replicas };

    private static CreateTopicsRequest Create(params CreateTopicsRequest.CreatableTopic[] topics) => new() { Topics = [.. topics] };
}
