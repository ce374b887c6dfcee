using OrleansStreaming.Cli.Tests.Support;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Tests.Kafka;

/// <summary>Brokers that are older than this tool, silent, or no brokers.</summary>
public sealed class NegotiationTests
{
    [Fact]
    public async Task AnOldBrokerIsAskedAgainInItsOwnVersion()
    {
        await using var broker = new ScriptedBroker(OldBroker);

        var run = await ToolRun.RealAsync(["topic", "list", "--bootstrap", broker.Bootstrap]);

        Assert.Matches(@"old\s+1\s+1\s+no", run.Done().Lines[1]);
    }

    [Fact]
    public async Task WhatTheBrokerDoesNotOfferIsSaid()
    {
        await using var broker = new ScriptedBroker(OldBroker);

        var run = await ToolRun.RealAsync(["cluster", "reassign", "--list", "--bootstrap", broker.Bootstrap]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("does not offer ListPartitionReassignments", run.Error);
    }

    [Fact]
    public async Task ASilentBrokerIsGivenUp()
    {
        await using var broker = new ScriptedBroker(_ => null);

        var run = await ToolRun.RealAsync(["topic", "list", "--bootstrap", broker.Bootstrap, "--timeout", "0.2"]);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("no answer", run.Error);
    }

    [Fact]
    public async Task TheSecondBootstrapBrokerStandsIn()
    {
        await using var broker = new ScriptedBroker(OldBroker);

        (await ToolRun.RealAsync(["topic", "list", "--bootstrap", $"127.0.0.1:1,{broker.Bootstrap}"])).Done();
    }

    [Theory]
    [InlineData("topic", "list")]
    [InlineData("consume", "t", "--stop-at-end")]
    [InlineData("consume", "t", "--group", "g")]
    [InlineData("perf", "produce", "t", "--json")]
    [InlineData("group", "describe", "g")]
    [InlineData("config", "get", "--broker", "1")]
    public async Task NobodyThereIsUnreachable(params string[] arguments)
    {
        var run = await ToolRun.RealAsync([.. arguments, "--bootstrap", "127.0.0.1:1", "--timeout", "0.3"]);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("127.0.0.1:1", run.Error);
        Assert.DoesNotContain("   at ", run.Error);
    }

    /// <summary>Answers in version 0 what it knows, as brokers before KIP-511's client versions do.</summary>
    private static (IResponseMessage, short)? OldBroker(RequestHeader request) => request switch
    {
        { ApiKey: ApiKey.ApiVersions, ApiVersion: > 0 } => (new ApiVersionsResponse { ErrorCode = (short)ErrorCode.UnsupportedVersion }, 0),
        { ApiKey: ApiKey.ApiVersions } => (new ApiVersionsResponse
        {
            ApiKeys =
            [
                new ApiVersionsResponse.ApiVersion { ApiKey = (short)ApiKey.Metadata, MaxVersion = 1 },
                new ApiVersionsResponse.ApiVersion { ApiKey = (short)ApiKey.ApiVersions },
            ],
        }, 0),
        { ApiKey: ApiKey.Metadata, ApiVersion: 1 } => (new MetadataResponse
        {
            Topics =
            [
                new MetadataResponse.MetadataResponseTopic
                {
                    Name = "old", Partitions = [new MetadataResponse.MetadataResponsePartition { ReplicaNodes = [1], IsrNodes = [1], LeaderId = 1 }],
                },
            ],
        }, 1),
        _ => null,
    };
}
