using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.</summary>
public sealed class ConfigTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Group = 32;

    [Fact]
    public async Task A_topics_values_tell_where_they_come_from()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["log.retention.hours"] = "1" });
        broker.Cluster.AddTopic("compacted", 1, configs: new Dictionary<string, string> { ["cleanup.policy"] = "compact" });
        var client = await broker.ConnectAsync();

        var answer = await DescribeAsync(client, Topic, "compacted", ["cleanup.policy", "retention.ms", "segment.bytes", "no.such.config"]);

        // Connect refuses to start unless cleanup.policy is reported so.
        var configs = answer.Configs.ToDictionary(config => config.Name);
        Assert.Equal(3, configs.Count);
        Assert.Equal(("compact", (sbyte)ConfigSource.TopicConfig), (configs["cleanup.policy"].Value, configs["cleanup.policy"].ConfigSource));
        Assert.Equal(("3600000", (sbyte)ConfigSource.StaticBrokerConfig), (configs["retention.ms"].Value, configs["retention.ms"].ConfigSource));
        Assert.Equal(("1073741824", (sbyte)ConfigSource.DefaultConfig), (configs["segment.bytes"].Value, configs["segment.bytes"].ConfigSource));
        Assert.Equal(
            [("cleanup.policy", "compact", 1), ("log.cleanup.policy", "delete", 5)],
            configs["cleanup.policy"].Synonyms.Select(synonym => (synonym.Name, synonym.Value, (int)synonym.Source)));
        Assert.All(configs.Values, config => Assert.False(string.IsNullOrEmpty(config.Documentation)));
    }

    [Fact]
    public async Task Without_names_all_are_described()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var all = await DescribeAsync(client, Topic, "t", null);
        var also = await DescribeAsync(client, Topic, "t", []);

        Assert.Equal(TopicConfigs.All.Keys.Order(StringComparer.Ordinal), all.Configs.Select(config => config.Name));
        Assert.Equal(all.Configs.Count, also.Configs.Count);
    }

    [Fact]
    public async Task Synonyms_and_documentation_come_when_asked_for()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new DescribeConfigsRequest { Resources = [new() { ResourceType = Topic, ResourceName = "t", ConfigurationKeys = ["retention.ms"] }] };

        var config = Assert.Single(Assert.Single((await client.AskAsync<DescribeConfigsResponse>(request, 4)).Results).Configs);

        Assert.Empty(config.Synonyms);
        Assert.Null(config.Documentation);
        Assert.Equal((sbyte)ConfigType.Long, config.ConfigType);
    }

    [Fact]
    public async Task Version_0_tells_defaults_from_what_was_set()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("short", 1, configs: new Dictionary<string, string> { ["retention.ms"] = "5" });
        var client = await broker.ConnectAsync();
        var request = new DescribeConfigsRequest { Resources = [new() { ResourceType = Topic, ResourceName = "short", ConfigurationKeys = ["retention.ms", "cleanup.policy"] }] };

        var configs = Assert.Single((await client.AskAsync<DescribeConfigsResponse>(request, 0)).Results).Configs.ToDictionary(config => config.Name);

        Assert.Equal(("5", false), (configs["retention.ms"].Value, configs["retention.ms"].IsDefault));
        Assert.Equal(("delete", true), (configs["cleanup.policy"].Value, configs["cleanup.policy"].IsDefault));
    }

    [Fact]
    public async Task A_brokers_own_and_its_defaults()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["num.partitions"] = "7" });
        broker.Cluster.Change(_ => FakeClusters.WithBrokerConfig(broker.Cluster.Current, "1", "message.max.bytes", "5000"));
        broker.Cluster.Change(_ => FakeClusters.WithBrokerConfig(broker.Cluster.Current, "", "log.retention.ms", "9"));
        var client = await broker.ConnectAsync();

        var own = (await DescribeAsync(client, Broker, "1", ["num.partitions", "message.max.bytes", "log.retention.ms"])).Configs.ToDictionary(config => config.Name);
        var defaults = await DescribeAsync(client, Broker, "", null);

        Assert.Equal(("7", (sbyte)ConfigSource.StaticBrokerConfig), (own["num.partitions"].Value, own["num.partitions"].ConfigSource));
        Assert.Equal(("5000", (sbyte)ConfigSource.DynamicBrokerConfig), (own["message.max.bytes"].Value, own["message.max.bytes"].ConfigSource));
        Assert.Equal(("9", (sbyte)ConfigSource.DynamicDefaultBrokerConfig), (own["log.retention.ms"].Value, own["log.retention.ms"].ConfigSource));
        Assert.Equal("log.retention.ms", Assert.Single(defaults.Configs).Name);
    }

    [Theory]
    [InlineData(Topic, "nowhere", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Broker, "2", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "x", ErrorCode.InvalidRequest)]
    [InlineData(99, "t", ErrorCode.InvalidRequest)]
    [InlineData(8, "1", ErrorCode.None)]
    public async Task Resources_that_are_not_here(sbyte type, string name, ErrorCode expected)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var answer = await DescribeAsync(client, type, name, null);

        Assert.Equal(((short)expected, type, name), (answer.ErrorCode, answer.ResourceType, answer.ResourceName));
        Assert.Equal(expected is ErrorCode.None, answer.ErrorMessage is null);
        Assert.Empty(answer.Configs);
    }

    [Fact]
    public async Task A_groups_own_and_what_the_broker_says()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["group.consumer.heartbeat.interval.ms"] = "6000" });
        broker.Cluster.Change(_ => FakeClusters.WithGroupConfig(broker.Cluster.Current, "g", "consumer.session.timeout.ms", "50000"));
        var client = await broker.ConnectAsync();

        var configs = (await DescribeAsync(client, Group, "g", null)).Configs.ToDictionary(config => config.Name);
        var other = (await DescribeAsync(client, Group, "other", ["consumer.session.timeout.ms"])).Configs;

        Assert.Equal(["consumer.heartbeat.interval.ms", "consumer.session.timeout.ms"], configs.Keys.Order());
        Assert.Equal(("50000", (sbyte)8), (configs["consumer.session.timeout.ms"].Value, configs["consumer.session.timeout.ms"].ConfigSource));
        Assert.Equal(("6000", (sbyte)4), (configs["consumer.heartbeat.interval.ms"].Value, configs["consumer.heartbeat.interval.ms"].ConfigSource));
        Assert.Equal(("45000", (sbyte)5), (Assert.Single(other).Value, other[0].ConfigSource));
        Assert.Equal((short)ErrorCode.InvalidRequest, (await DescribeAsync(client, Group, "", null)).ErrorCode);
    }

    [Fact]
    public async Task Incremental_changes_reach_the_controller()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = Topic,
                    ResourceName = "t",
                    Configs =
                    [
                        new() { Name = "retention.ms", ConfigOperation = 0, Value = "5" },
                        new() { Name = "segment.ms", ConfigOperation = 1, Value = null },
                        new() { Name = "cleanup.policy", ConfigOperation = 2, Value = "compact" },
                    ],
                },
            ],
            ValidateOnly = true,
        };

        var answer = Assert.Single((await client.AskAsync<IncrementalAlterConfigsResponse>(request, 1)).Responses);

        Assert.Equal((0, Topic, "t"), (answer.ErrorCode, answer.ResourceType, answer.ResourceName));
        var command = Assert.IsType<AlterConfigsCommand>(Assert.Single(broker.Cluster.Commands));
        Assert.Equal((ConfigResourceType.Topic, "t", false, true), (command.ResourceType, command.ResourceName, command.ReplaceAll, command.ValidateOnly));
        Assert.Equal(
            [("retention.ms", ConfigOperation.Set, "5"), ("segment.ms", ConfigOperation.Delete, null), ("cleanup.policy", ConfigOperation.Append, "compact")],
            command.Changes.Select(change => (change.Name, change.Operation, change.Value)));
    }

    [Fact]
    public async Task The_old_way_replaces_everything()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new AlterConfigsRequest
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "t", Configs = [new() { Name = "retention.ms", Value = "5" }] }],
        };

        await client.AskAsync<AlterConfigsResponse>(request, 2);

        var command = Assert.IsType<AlterConfigsCommand>(Assert.Single(broker.Cluster.Commands));
        Assert.True(command.ReplaceAll);
        Assert.Equal(("retention.ms", "5"), (Assert.Single(command.Changes).Name, command.Changes[0].Value));
    }

    [Fact]
    public async Task What_cannot_be_meant_never_reaches_the_controller()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new() { ResourceType = Topic, ResourceName = "a", Configs = [new() { Name = "x", Value = "1" }, new() { Name = "x", Value = "2" }] },
                new() { ResourceType = Topic, ResourceName = "b", Configs = [new() { Name = "x", ConfigOperation = 9, Value = "1" }] },
                new() { ResourceType = Topic, ResourceName = "c", Configs = [] },
                new() { ResourceType = Topic, ResourceName = "c", Configs = [] },
            ],
        };

        var answer = await client.AskAsync<IncrementalAlterConfigsResponse>(request, 1);

        Assert.Equal(["a", "b", "c"], answer.Responses.Select(response => response.ResourceName));
        Assert.All(answer.Responses, response => Assert.Equal((short)ErrorCode.InvalidRequest, response.ErrorCode));
        Assert.All(answer.Responses, response => Assert.NotNull(response.ErrorMessage));
        Assert.Empty(broker.Cluster.Commands);
    }

    [Fact]
    public async Task Refusals_are_told_per_resource()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Refusal = TopicCommandResult.Refused(ErrorCode.InvalidConfig, "Not so.");
        var client = await broker.ConnectAsync();
        var request = new AlterConfigsRequest
        {
            Resources =
            [
                new() { ResourceType = Topic, ResourceName = "t", Configs = [] },
                new() { ResourceType = Broker, ResourceName = "1", Configs = [] },
            ],
        };

        var answer = await client.AskAsync<AlterConfigsResponse>(request, 2);

        Assert.Equal(
            [(Topic, "t", (short)ErrorCode.InvalidConfig, "Not so."), (Broker, "1", (short)ErrorCode.InvalidConfig, "Not so.")],
            answer.Responses.Select(response => (response.ResourceType, response.ResourceName, response.ErrorCode, response.ErrorMessage)));
    }

    private static async Task<DescribeConfigsResponse.DescribeConfigsResult> DescribeAsync(KafkaClient client, sbyte type, string name, List<string>? keys)
    {
        var request = new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = keys }],
            IncludeSynonyms = true,
            IncludeDocumentation = true,
        };
        return Assert.Single((await client.AskAsync<DescribeConfigsResponse>(request, 4)).Results);
    }
}
