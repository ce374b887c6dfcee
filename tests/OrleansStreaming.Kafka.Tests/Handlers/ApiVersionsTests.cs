using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

public sealed class ApiVersionsTests
{
    /// <summary>The APIs and ranges that clients have been promised; lowering one of them breaks somebody.</summary>
    private static readonly (ApiKey Key, short Lowest, short Highest)[] _promised =
    [
        (ApiKey.Produce, 0, 13),
        (ApiKey.Fetch, 4, 17),
        (ApiKey.ListOffsets, 1, 8),
        (ApiKey.Metadata, 0, 13),
        (ApiKey.OffsetCommit, 1, 10),
        (ApiKey.OffsetFetch, 1, 10),
        (ApiKey.FindCoordinator, 0, 6),
        (ApiKey.JoinGroup, 0, 9),
        (ApiKey.Heartbeat, 0, 4),
        (ApiKey.LeaveGroup, 0, 5),
        (ApiKey.SyncGroup, 0, 5),
        (ApiKey.DescribeGroups, 0, 6),
        (ApiKey.ListGroups, 0, 5),
        (ApiKey.SaslHandshake, 0, 1),
        (ApiKey.ApiVersions, 0, 4),
        (ApiKey.CreateTopics, 0, 7),
        (ApiKey.DeleteTopics, 0, 6),
        (ApiKey.DeleteRecords, 0, 2),
        (ApiKey.InitProducerId, 0, 5),
        (ApiKey.OffsetForLeaderEpoch, 2, 4),
        (ApiKey.DescribeAcls, 1, 3),
        (ApiKey.CreateAcls, 1, 3),
        (ApiKey.DeleteAcls, 1, 3),
        (ApiKey.DescribeConfigs, 0, 4),
        (ApiKey.AlterConfigs, 0, 2),
        (ApiKey.AlterReplicaLogDirs, 1, 2),
        (ApiKey.DescribeLogDirs, 0, 5),
        (ApiKey.SaslAuthenticate, 0, 2),
        (ApiKey.CreatePartitions, 0, 3),
        (ApiKey.CreateDelegationToken, 1, 3),
        (ApiKey.RenewDelegationToken, 1, 2),
        (ApiKey.ExpireDelegationToken, 1, 2),
        (ApiKey.DescribeDelegationToken, 1, 3),
        (ApiKey.DeleteGroups, 0, 2),
        (ApiKey.ElectLeaders, 0, 2),
        (ApiKey.IncrementalAlterConfigs, 0, 1),
        (ApiKey.AlterPartitionReassignments, 0, 1),
        (ApiKey.ListPartitionReassignments, 0, 0),
        (ApiKey.OffsetDelete, 0, 0),
        (ApiKey.DescribeClientQuotas, 0, 1),
        (ApiKey.DescribeUserScramCredentials, 0, 0),
        (ApiKey.DescribeQuorum, 0, 2),
        (ApiKey.UpdateFeatures, 0, 2),
        (ApiKey.DescribeCluster, 0, 2),
        (ApiKey.DescribeProducers, 0, 0),
        (ApiKey.UnregisterBroker, 0, 0),
        (ApiKey.DescribeTransactions, 0, 0),
        (ApiKey.ListTransactions, 0, 2),
        (ApiKey.ConsumerGroupHeartbeat, 0, 1),
        (ApiKey.ConsumerGroupDescribe, 0, 1),
        (ApiKey.ListConfigResources, 0, 1),
        (ApiKey.DescribeTopicPartitions, 0, 0),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Every_version_announces_what_is_served(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var response = await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), version);

        Assert.Equal((short)ErrorCode.None, response.ErrorCode);
        Assert.Equal(_promised, response.ApiKeys.Select(api => ((ApiKey)api.ApiKey, api.MinVersion, api.MaxVersion)));
    }

    [Fact]
    public async Task What_is_not_served_is_not_announced()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();

        var response = await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);

        // Telemetry, share and streams groups: clients start to use them as soon as they are announced.
        Assert.DoesNotContain(response.ApiKeys, api => api.ApiKey is 71 or 72 or 76 or 88);

        // What would set quotas and credentials that nothing here obeys, and what makes transactions.
        Assert.DoesNotContain(response.ApiKeys, api => api.ApiKey is 49 or 51 or (>= 24 and <= 28));
        Assert.Equal("group.version", Assert.Single(response.FinalizedFeatures).Name);
        Assert.Equal("group.version", Assert.Single(response.SupportedFeatures).Name);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(99)]
    [InlineData(short.MaxValue)]
    [InlineData(-1)]
    public async Task An_unknown_version_is_answered_in_version_0_and_the_connection_lives(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var frame = client.Next(Requests.ApiVersions(), 4);
        System.Buffers.Binary.BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);

        await client.SendBytesAsync(frame);
        var response = await client.ReceiveAsync<ApiVersionsResponse>(answerVersion: 0);

        Assert.Equal((short)ErrorCode.UnsupportedVersion, response.ErrorCode);
        var row = Assert.Single(response.ApiKeys);
        Assert.Equal((ApiKey.ApiVersions, (short)0, (short)4), ((ApiKey)row.ApiKey, row.MinVersion, row.MaxVersion));
        Assert.Equal((short)ErrorCode.None, (await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4)).ErrorCode);
    }

    [Theory]
    [InlineData("librdkafka", "2.6.0", true)]
    [InlineData("a", "1", true)]
    [InlineData("a-b.c", "1-2.3-x", true)]
    [InlineData("", "1.0", false)]
    [InlineData("-a", "1.0", false)]
    [InlineData("a-", "1.0", false)]
    [InlineData("a b", "1.0", false)]
    [InlineData("a\n", "1.0", false)]
    [InlineData("ä", "1.0", false)]
    [InlineData("a", ".1", false)]
    public async Task The_software_name_must_be_one(string name, string version, bool isTaken)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var request = new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = version };

        var response = await client.AskAsync<ApiVersionsResponse>(request, 3);

        Assert.Equal((short)(isTaken ? ErrorCode.None : ErrorCode.InvalidRequest), response.ErrorCode);
        Assert.Equal((short)ErrorCode.None, (await client.AskAsync<ApiVersionsResponse>(request, 2)).ErrorCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Produce_of_old_message_formats_is_announced_and_closes_the_connection(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        var other = await broker.ConnectAsync();

        await client.SendAsync(Requests.Produce(Batches.Of("a")), version);

        await client.ReceiveEndAsync();
        Assert.Empty(broker.Replicas["t", 0].Batches);
        Assert.Contains("Produce", Assert.Single(broker.Log.Shown).Message);
        await other.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);
    }
}
