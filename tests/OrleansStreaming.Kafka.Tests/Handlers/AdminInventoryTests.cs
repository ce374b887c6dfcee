using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>What admin tools ask to show what there is: producers, transactions, features, directories, config resources.</summary>
public sealed class AdminInventoryTests
{
    [Fact]
    public async Task A_replica_tells_the_producers_it_remembers()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic("elsewhere", 1, leader: new(2));
        broker.Replicas["t", 0].ActiveProducers.Add(new ActiveProducer(new ProducerId(9), 2, 41, 1_000, -1, Offset.None));
        broker.Replicas["t", 0].ActiveProducers.Add(new ActiveProducer(new ProducerId(4), 0, 7, 2_000, 3, new Offset(11)));
        var client = await broker.ConnectAsync();

        var answer = await client.AskAsync<DescribeProducersResponse>(
            new DescribeProducersRequest { Topics = [new() { Name = "t", PartitionIndexes = [0, 1, 9] }, new() { Name = "elsewhere", PartitionIndexes = [0] }] }, 0);

        var partitions = answer.Topics[0].Partitions;
        Assert.Equal(
            [(4L, 0, 7, 2_000L, 3, 11L), (9L, 2, 41, 1_000L, -1, -1L)],
            partitions[0].ActiveProducers.Select(p => (p.ProducerId, p.ProducerEpoch, p.LastSequence, p.LastTimestamp, p.CoordinatorEpoch, p.CurrentTxnStartOffset)));
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.UnknownTopicOrPartition], partitions.Select(partition => (ErrorCode)partition.ErrorCode));
        Assert.Equal((short)ErrorCode.NotLeaderOrFollower, answer.Topics[1].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task There_are_no_transactions()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var listed = await client.AskAsync<ListTransactionsResponse>(new ListTransactionsRequest { StateFilters = ["Ongoing", "Odd"], DurationFilter = 5 }, 1);
        var described = await client.AskAsync<DescribeTransactionsResponse>(new DescribeTransactionsRequest { TransactionalIds = ["tx"] }, 0);

        Assert.Equal((0, 0), (listed.ErrorCode, listed.TransactionStates.Count));
        Assert.Equal(["Odd"], listed.UnknownStateFilters);
        Assert.Equal(("tx", (short)ErrorCode.TransactionalIdNotFound), (described.TransactionStates[0].TransactionalId, described.TransactionStates[0].ErrorCode));
    }

    [Fact]
    public async Task Feature_levels_stay_as_they_are()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var each = await client.AskAsync<UpdateFeaturesResponse>(Update(("group.version", 1), ("metadata.version", 25)), 1);
        Assert.Equal([("group.version", 0), ("metadata.version", 95)], each.Results.Select(result => (result.Feature, (int)result.ErrorCode)));
        Assert.Equal(0, (await client.AskAsync<UpdateFeaturesResponse>(Update(("group.version", 1)), 2)).ErrorCode);
        var refused = await client.AskAsync<UpdateFeaturesResponse>(Update(("group.version", 0)), 2);
        Assert.Equal((95, true), (refused.ErrorCode, refused.ErrorMessage!.Contains("group.version")));
        Assert.Equal(42, (await client.AskAsync<UpdateFeaturesResponse>(Update(("group.version", 1), ("group.version", 1)), 0)).ErrorCode);

        static UpdateFeaturesRequest Update(params (string Feature, short Level)[] updates) => new()
        {
            FeatureUpdates = [.. updates.Select(update => new UpdateFeaturesRequest.FeatureUpdateKey { Feature = update.Feature, MaxVersionLevel = update.Level })],
        };
    }

    [Fact]
    public async Task A_replica_is_in_the_one_directory_there_is()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var here = broker.Replicas.DataDirectory;

        var answer = await client.AskAsync<AlterReplicaLogDirsResponse>(
            new AlterReplicaLogDirsRequest
            {
                Dirs =
                [
                    new() { Path = here + "/", Topics = [new() { Name = "t", Partitions = [0, 9] }] },
                    new() { Path = "/elsewhere", Topics = [new() { Name = "t", Partitions = [1] }] },
                ],
            },
            2);

        Assert.Equal(
            [(0, ErrorCode.None), (9, ErrorCode.ReplicaNotAvailable), (1, ErrorCode.LogDirNotFound)],
            Assert.Single(answer.Results).Partitions.Select(partition => (partition.PartitionIndex, (ErrorCode)partition.ErrorCode)));
    }

    [Fact]
    public async Task Config_resources_are_listed_by_type()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.Change(_ => FakeClusters.WithGroupConfig(broker.Cluster.Current, "g", "consumer.session.timeout.ms", "50000"));
        var client = await broker.ConnectAsync();

        Assert.Equal([("t", 2), ("1", 4), ("2", 4), ("1", 8), ("2", 8), ("g", 32)], await ListAsync(1));
        Assert.Equal([("g", 32)], await ListAsync(1, 32));
        Assert.Empty(await ListAsync(0));
        Assert.Equal((short)ErrorCode.UnsupportedVersion, (await client.AskAsync<ListConfigResourcesResponse>(new ListConfigResourcesRequest { ResourceTypes = [3] }, 1)).ErrorCode);

        async Task<IEnumerable<(string, int)>> ListAsync(short version, params sbyte[] types) =>
            (await client.AskAsync<ListConfigResourcesResponse>(new ListConfigResourcesRequest { ResourceTypes = [.. types] }, version))
            .ConfigResources.Select(resource => (resource.ResourceName, (int)resource.ResourceType));
    }
}
