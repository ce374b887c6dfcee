using System.Text.Json;
using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Processes;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Clients;

/// <summary>kafkajs: old message versions, a strict decoder, and an admin client that many Node programs use.</summary>
[Collection(SharedBroker.Name)]
public sealed class KafkaJsTests(SharedBroker shared)
{
    [KafkaJsFact]
    public async Task AdministersProducesAndConsumesInAGroup()
    {
        var environment = new Dictionary<string, string>
        {
            ["NODE_PATH"] = Path.Combine(Tool.Cache, "node_modules"),
            ["KAFKAJS_NO_PARTITIONER_WARNING"] = "1",
        };
        var result = await Command.RunAsync("node", [Repository.Script("kafkajs.js"), shared.Broker.Bootstrap], null, environment);

        using var seen = JsonDocument.Parse(result.Succeeded().Output);
        var root = seen.RootElement;
        Assert.True(root.GetProperty("created").GetBoolean());
        Assert.False(root.GetProperty("createdAgain").GetBoolean());
        Assert.Equal(3, root.GetProperty("partitions").GetInt32());
        Assert.Equal(1, root.GetProperty("controller").GetInt32());
        Assert.Equal("12345678", root.GetProperty("configs").GetProperty("retention.ms").GetString());
        Assert.Equal("delete", root.GetProperty("configs").GetProperty("cleanup.policy").GetString());
        Assert.Equal("87654321", root.GetProperty("altered").GetString());
        Assert.Equal(2000, root.GetProperty("offsets").GetInt32());
        Assert.Equal(2000, root.GetProperty("consumed").GetInt32());
        Assert.Equal(2000, root.GetProperty("committed").GetInt32());
        Assert.Equal(1, root.GetProperty("groups").GetInt32());
        Assert.Equal(4, root.GetProperty("partitionsAfter").GetInt32());
        Assert.Equal("1", root.GetProperty("low").GetString());
        Assert.True(root.GetProperty("listed").GetBoolean());
        Assert.False(root.GetProperty("listedAfterDelete").GetBoolean());
        Assert.Equal("SECURITY_DISABLED", root.GetProperty("acls").GetString());
        Assert.Equal("SECURITY_DISABLED", root.GetProperty("deletedAcls").GetString());
        Assert.False(string.IsNullOrEmpty(root.GetProperty("transaction").GetString()));
        Assert.Equal("ILLEGAL_SASL_STATE", root.GetProperty("sasl").GetString());
        Assert.Equal(1, root.GetProperty("brokersAfterwards").GetInt32());
    }
}
