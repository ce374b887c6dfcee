using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>
/// Each API in each version that the endpoint takes is answered with bytes that decode to their end, once for things that
/// exist and once for things that do not. <see cref="KafkaClient"/> checks the decoding.
/// </summary>
public sealed class EveryVersionTests
{
    private static readonly Guid _nowhere = new("11111111-2222-3333-4444-555555555555");

    [Theory]
    [MemberData(nameof(Served))]
    public async Task Answers_decode(ApiKey key, short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = broker.Cluster.AddTopic("full", 2, configs: new Dictionary<string, string> { ["retention.ms"] = "5" });
        broker.Cluster.AddTopic("elsewhere", 1, leader: new(2));
        broker.Replicas["full", 0].Store(Batches.Of("a", "b"));
        var client = await broker.ConnectAsync();

        await client.SendAsync(Request(key, version, "full", topic.Id.Value), version);
        await client.SendAsync(Request(key, version, "elsewhere", broker.Cluster.Current.Topics["elsewhere"].Id.Value), version);
        await client.SendAsync(Request(key, version, "nowhere", _nowhere), version);
        for (var answers = 0; answers < 3; answers++)
        {
            Assert.Equal(key, (await client.ReceiveAsync()).ApiKey);
        }

        Assert.Empty(broker.Log.Shown);
    }

    public static TheoryData<ApiKey, short> Served()
    {
        (ApiKey Key, short Lowest, short Highest)[] ranges =
        [
            (ApiKey.Produce, 3, 13), (ApiKey.Fetch, 4, 17), (ApiKey.ListOffsets, 1, 8), (ApiKey.Metadata, 0, 13),
            (ApiKey.FindCoordinator, 0, 6), (ApiKey.ApiVersions, 0, 4), (ApiKey.CreateTopics, 0, 7), (ApiKey.DeleteTopics, 0, 6),
            (ApiKey.DeleteRecords, 0, 2), (ApiKey.InitProducerId, 0, 5), (ApiKey.OffsetForLeaderEpoch, 2, 4),
            (ApiKey.DescribeConfigs, 0, 4), (ApiKey.AlterConfigs, 0, 2), (ApiKey.DescribeLogDirs, 0, 5),
            (ApiKey.CreatePartitions, 0, 3), (ApiKey.IncrementalAlterConfigs, 0, 1), (ApiKey.DescribeCluster, 0, 2),
            (ApiKey.DescribeTopicPartitions, 0, 0), (ApiKey.ElectLeaders, 0, 2), (ApiKey.AlterPartitionReassignments, 0, 1),
            (ApiKey.ListPartitionReassignments, 0, 0), (ApiKey.DescribeQuorum, 0, 2), (ApiKey.UnregisterBroker, 0, 0),
            (ApiKey.SaslHandshake, 0, 1), (ApiKey.SaslAuthenticate, 0, 2), (ApiKey.DescribeAcls, 1, 3), (ApiKey.CreateAcls, 1, 3),
            (ApiKey.DeleteAcls, 1, 3), (ApiKey.AlterReplicaLogDirs, 1, 2), (ApiKey.CreateDelegationToken, 1, 3),
            (ApiKey.RenewDelegationToken, 1, 2), (ApiKey.ExpireDelegationToken, 1, 2), (ApiKey.DescribeDelegationToken, 1, 3),
            (ApiKey.DescribeClientQuotas, 0, 1), (ApiKey.DescribeUserScramCredentials, 0, 0), (ApiKey.UpdateFeatures, 0, 2),
            (ApiKey.DescribeProducers, 0, 0), (ApiKey.DescribeTransactions, 0, 0), (ApiKey.ListTransactions, 0, 2),
            (ApiKey.ListConfigResources, 0, 1),
        ];
        var data = new TheoryData<ApiKey, short>();
        foreach (var (key, lowest, highest) in ranges)
        {
            for (var version = lowest; version <= highest; version++)
            {
                data.Add(key, version);
            }
        }

        return data;
    }

    private static IRequestMessage Request(ApiKey key, short version, string topic, Guid topicId) => key switch
    {
        ApiKey.Produce => Produce(version, topic, topicId),
        ApiKey.Fetch => Fetch(version, topic, topicId),
        ApiKey.ListOffsets => ListOffsets(topic),
        ApiKey.Metadata => Metadata(version, topic, topicId),
        ApiKey.FindCoordinator => FindCoordinator(version, topic),
        ApiKey.ApiVersions => Requests.ApiVersions(),
        ApiKey.CreateTopics => CreateTopics(topic),
        ApiKey.DeleteTopics => DeleteTopics(version, topic, topicId),
        ApiKey.DeleteRecords => DeleteRecords(topic),
        ApiKey.InitProducerId => new InitProducerIdRequest { TransactionalId = topic == "nowhere" ? "tx" : null, TransactionTimeoutMs = 1 },
        ApiKey.OffsetForLeaderEpoch => OffsetForLeaderEpoch(topic),
        ApiKey.DescribeConfigs => DescribeConfigs(version, topic),
        ApiKey.AlterConfigs => AlterConfigs(topic),
        ApiKey.DescribeLogDirs => DescribeLogDirs(topic),
        ApiKey.CreatePartitions => CreatePartitions(topic),
        ApiKey.IncrementalAlterConfigs => IncrementalAlterConfigs(topic),
        ApiKey.DescribeCluster => new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true, IncludeFencedBrokers = version >= 2 },
        ApiKey.DescribeTopicPartitions => DescribeTopicPartitions(topic),
        ApiKey.ElectLeaders => new ElectLeadersRequest { TopicPartitions = [new() { Topic = topic, Partitions = [0] }] },
        ApiKey.AlterPartitionReassignments => new AlterPartitionReassignmentsRequest { Topics = [new() { Name = topic, Partitions = [new() { Replicas = [1] }] }] },
        ApiKey.ListPartitionReassignments => new ListPartitionReassignmentsRequest { Topics = topic == "full" ? null : [new() { Name = topic, PartitionIndexes = [0] }] },
        ApiKey.DescribeQuorum => new DescribeQuorumRequest { Topics = [new() { TopicName = topic == "full" ? "__cluster_metadata" : topic, Partitions = [new()] }] },
        ApiKey.UnregisterBroker => new UnregisterBrokerRequest { BrokerId = topic == "full" ? 3 : 9 },
        ApiKey.SaslHandshake => new SaslHandshakeRequest { Mechanism = topic },
        ApiKey.SaslAuthenticate => new SaslAuthenticateRequest { AuthBytes = new byte[2] },
        ApiKey.DescribeAcls => new DescribeAclsRequest { ResourceTypeFilter = 2, ResourceNameFilter = topic },
        ApiKey.CreateAcls => new CreateAclsRequest { Creations = [new() { ResourceType = 2, ResourceName = topic }] },
        ApiKey.DeleteAcls => new DeleteAclsRequest { Filters = [new() { ResourceTypeFilter = 2, ResourceNameFilter = topic }] },
        ApiKey.AlterReplicaLogDirs => new AlterReplicaLogDirsRequest { Dirs = [new() { Path = "/x", Topics = [new() { Name = topic, Partitions = [0] }] }] },
        ApiKey.CreateDelegationToken => new CreateDelegationTokenRequest { MaxLifetimeMs = -1 },
        ApiKey.RenewDelegationToken => new RenewDelegationTokenRequest { Hmac = new byte[1] },
        ApiKey.ExpireDelegationToken => new ExpireDelegationTokenRequest { Hmac = new byte[1] },
        ApiKey.DescribeDelegationToken => new DescribeDelegationTokenRequest { Owners = topic == "full" ? null : [] },
        ApiKey.DescribeClientQuotas => new DescribeClientQuotasRequest { Components = [new() { EntityType = topic == "full" ? "user" : topic, MatchType = 2, Match = null }] },
        ApiKey.DescribeUserScramCredentials => new DescribeUserScramCredentialsRequest { Users = topic == "full" ? null : [new() { Name = topic }] },
        ApiKey.UpdateFeatures => new UpdateFeaturesRequest { FeatureUpdates = [new() { Feature = topic == "full" ? "group.version" : topic, MaxVersionLevel = 1 }] },
        ApiKey.DescribeProducers => new DescribeProducersRequest { Topics = [new() { Name = topic, PartitionIndexes = [0] }] },
        ApiKey.DescribeTransactions => new DescribeTransactionsRequest { TransactionalIds = [topic] },
        ApiKey.ListTransactions => new ListTransactionsRequest { StateFilters = [topic] },
        ApiKey.ListConfigResources => new ListConfigResourcesRequest { ResourceTypes = version == 0 ? [] : topic == "full" ? [] : [2, 32] },
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "No request for this API."),
    };

    private static ProduceRequest Produce(short version, string topic, Guid topicId)
    {
        var request = new ProduceRequest { Acks = 1, TimeoutMs = 1_000 };
        Requests.AddBatch(request, Batches.Of("c"), 0, topic, version >= 13 ? topicId : default);
        return request;
    }

    private static FetchRequest Fetch(short version, string topic, Guid topicId)
    {
        var request = new FetchRequest { MaxWaitMs = 0, MinBytes = 1, IsolationLevel = 1, MaxBytes = 1_000_000 };
        Requests.AddPartition(request, 0, 0, topic: topic, topicId: version >= 13 ? topicId : default);
        return request;
    }

    private static ListOffsetsRequest ListOffsets(string topic)
    {
        var request = new ListOffsetsRequest { ReplicaId = -1 };
        var wanted = new ListOffsetsRequest.ListOffsetsTopic { Name = topic };
        wanted.Partitions.Add(new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = 0, Timestamp = -1 });
        request.Topics.Add(wanted);
        return request;
    }

    private static MetadataRequest Metadata(short version, string topic, Guid topicId)
    {
        var byId = version >= 12;
        return new MetadataRequest
        {
            Topics = [new MetadataRequest.MetadataRequestTopic { Name = byId ? null : topic, TopicId = byId ? topicId : default }],
            AllowAutoTopicCreation = true,
            IncludeClusterAuthorizedOperations = version is >= 8 and <= 10,
            IncludeTopicAuthorizedOperations = version >= 8,
        };
    }

    private static FindCoordinatorRequest FindCoordinator(short version, string key) => version >= 4
        ? new FindCoordinatorRequest { CoordinatorKeys = [key, "another"] }
        : new FindCoordinatorRequest { Key = key };

    private static CreateTopicsRequest CreateTopics(string topic) => new()
    {
        Topics = [new CreateTopicsRequest.CreatableTopic { Name = topic, NumPartitions = 2, ReplicationFactor = 1 }],
    };

    private static DeleteTopicsRequest DeleteTopics(short version, string topic, Guid topicId) => version >= 6
        ? new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { TopicId = topicId }] }
        : new DeleteTopicsRequest { TopicNames = [topic] };

    private static DeleteRecordsRequest DeleteRecords(string topic) => new()
    {
        Topics = [new DeleteRecordsRequest.DeleteRecordsTopic { Name = topic, Partitions = [new() { PartitionIndex = 0, Offset = -1 }] }],
    };

    private static OffsetForLeaderEpochRequest OffsetForLeaderEpoch(string topic) => new()
    {
        Topics = [new OffsetForLeaderEpochRequest.OffsetForLeaderTopic { Topic = topic, Partitions = [new() { Partition = 0, LeaderEpoch = 0 }] }],
    };

    private static DescribeConfigsRequest DescribeConfigs(short version, string topic) => new()
    {
        Resources =
        [
            new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 2, ResourceName = topic, ConfigurationKeys = null },
            new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = 4, ResourceName = "1", ConfigurationKeys = null },
        ],
        IncludeSynonyms = version >= 1,
        IncludeDocumentation = version >= 3,
    };

    private static AlterConfigsRequest AlterConfigs(string topic) => new()
    {
        Resources =
        [
            new AlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = 2,
                ResourceName = topic,
                Configs = [new AlterConfigsRequest.AlterableConfig { Name = "retention.ms", Value = "1" }],
            },
        ],
    };

    private static DescribeLogDirsRequest DescribeLogDirs(string topic) => new()
    {
        Topics = [new DescribeLogDirsRequest.DescribableLogDirTopic { Topic = topic, Partitions = [0] }],
    };

    private static CreatePartitionsRequest CreatePartitions(string topic) => new()
    {
        Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = topic, Count = 4, Assignments = null }],
    };

    private static IncrementalAlterConfigsRequest IncrementalAlterConfigs(string topic) => new()
    {
        Resources =
        [
            new IncrementalAlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = 2,
                ResourceName = topic,
                Configs = [new IncrementalAlterConfigsRequest.AlterableConfig { Name = "retention.ms", ConfigOperation = 1 }],
            },
        ],
    };

    private static DescribeTopicPartitionsRequest DescribeTopicPartitions(string topic) => new()
    {
        Topics = [new DescribeTopicPartitionsRequest.TopicRequest { Name = topic }],
    };
}
