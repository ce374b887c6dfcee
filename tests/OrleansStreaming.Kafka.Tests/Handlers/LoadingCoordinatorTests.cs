using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Handlers;

/// <summary>Clients know COORDINATOR_LOAD_IN_PROGRESS in some answers only; elsewhere they take it for fatal.</summary>
public sealed class LoadingCoordinatorTests
{
    [Fact]
    public async Task Each_client_is_told_what_makes_it_come_again()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Cluster.AddTopic(OffsetsTopic.Name, 1);
        broker.Cluster.Group = LoadingGroup.Create();
        var client = await broker.ConnectAsync();

        var join = await client.AskAsync<JoinGroupResponse>(new JoinGroupRequest { GroupId = "g", ProtocolType = "consumer" }, 5);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (ErrorCode)join.ErrorCode);
        var sync = await client.AskAsync<SyncGroupResponse>(new SyncGroupRequest { GroupId = "g", MemberId = "m" }, 3);
        Assert.Equal(ErrorCode.RebalanceInProgress, (ErrorCode)sync.ErrorCode);
        var heartbeat = await client.AskAsync<HeartbeatResponse>(new HeartbeatRequest { GroupId = "g", MemberId = "m" }, 3);
        Assert.Equal(ErrorCode.None, (ErrorCode)heartbeat.ErrorCode);
    }
}
