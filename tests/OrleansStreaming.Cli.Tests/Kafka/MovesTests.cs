using System.Collections.Concurrent;
using OrleansStreaming.Cli.Tests.Support;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Tests.Kafka;

/// <summary>Reassignments and elections over the Kafka port, against a broker that plays its part.</summary>
public sealed class MovesTests
{
    private readonly ConcurrentQueue<ApiKey> _asked = new();

    [Fact]
    public async Task PartitionsAreMoved()
    {
        await using var broker = new ScriptedBroker(Answer);

        var run = await ToolRun.RealAsync(["cluster", "reassign", "-t", "t", "--replicas", "2,3", "--bootstrap", broker.Bootstrap]);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"t\s+0\s+done", run.Lines[1]);
        Assert.Matches(@"t\s+1\s+INVALID_REPLICA_ASSIGNMENT: no broker 3", run.Lines[2]);
        Assert.Contains(ApiKey.AlterPartitionReassignments, _asked);
    }

    [Fact]
    public async Task MovesUnderWayAreListed()
    {
        await using var broker = new ScriptedBroker(Answer);

        var run = await ToolRun.RealAsync(["cluster", "reassign", "--list", "-o", "json", "--bootstrap", broker.Bootstrap]);

        Assert.Equal("""[{"topic":"t","partition":0,"replicas":[2,1],"adding":[2],"removing":[1]}]""", run.Done().Output.Trim());
    }

    [Fact]
    public async Task LeadersAreElected()
    {
        await using var broker = new ScriptedBroker(Answer);

        var run = await ToolRun.RealAsync(["cluster", "elect", "--bootstrap", broker.Bootstrap]);

        Assert.Matches(@"t\s+1\s+not needed", run.Done().Lines[1]);
    }

    private (IResponseMessage, short)? Answer(RequestHeader request)
    {
        _asked.Enqueue(request.ApiKey);
        IResponseMessage? response = request.ApiKey switch
        {
            ApiKey.ApiVersions => new ApiVersionsResponse
            {
                ApiKeys = [.. ApiCatalog.All.Select(api => new ApiVersionsResponse.ApiVersion { ApiKey = (short)api.Key, MinVersion = api.LowestVersion, MaxVersion = api.HighestVersion })],
            },
            ApiKey.Metadata => new MetadataResponse
            {
                Topics =
                [
                    new MetadataResponse.MetadataResponseTopic
                    {
                        Name = "t",
                        Partitions = [new MetadataResponse.MetadataResponsePartition { PartitionIndex = 0 }, new MetadataResponse.MetadataResponsePartition { PartitionIndex = 1 }],
                    },
                ],
            },
            ApiKey.DescribeConfigs => new DescribeConfigsResponse { Results = [new DescribeConfigsResponse.DescribeConfigsResult { ResourceType = 2, ResourceName = "t" }] },
            ApiKey.AlterPartitionReassignments => new AlterPartitionReassignmentsResponse
            {
                Responses =
                [
                    new AlterPartitionReassignmentsResponse.ReassignableTopicResponse
                    {
                        Name = "t",
                        Partitions =
                        [
                            new AlterPartitionReassignmentsResponse.ReassignablePartitionResponse { PartitionIndex = 0 },
                            new AlterPartitionReassignmentsResponse.ReassignablePartitionResponse
                            {
                                PartitionIndex = 1, ErrorCode = (short)ErrorCode.InvalidReplicaAssignment, ErrorMessage = "no broker 3",
                            },
                        ],
                    },
                ],
            },
            ApiKey.ListPartitionReassignments => new ListPartitionReassignmentsResponse
            {
                Topics =
                [
                    new ListPartitionReassignmentsResponse.OngoingTopicReassignment
                    {
                        Name = "t",
                        Partitions =
                        [
                            new ListPartitionReassignmentsResponse.OngoingPartitionReassignment { Replicas = [2, 1], AddingReplicas = [2], RemovingReplicas = [1] },
                        ],
                    },
                ],
            },
            ApiKey.ElectLeaders => new ElectLeadersResponse
            {
                ReplicaElectionResults =
                [
                    new ElectLeadersResponse.ReplicaElectionResult
                    {
                        Topic = "t",
                        PartitionResult = [new ElectLeadersResponse.PartitionResult { PartitionId = 1, ErrorCode = (short)ErrorCode.ElectionNotNeeded }],
                    },
                ],
            },
            _ => null,
        };
        return response is null ? null : (response, request.ApiVersion);
    }
}
