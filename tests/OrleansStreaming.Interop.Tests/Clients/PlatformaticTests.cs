using System.Text.Json;
using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Processes;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Clients;

/// <summary>@platformatic/kafka: newest message versions only, and groups of both protocols.</summary>
[Collection(SharedBroker.Name)]
public sealed class PlatformaticTests(SharedBroker shared)
{
    private const int All = 4 * 2 * 400 + 1;

    [PlatformaticFact]
    public async Task FillsATopicAndReadsItInGroupsOfBothProtocols()
    {
        var environment = new Dictionary<string, string> { ["NODE_PATH"] = Path.Combine(Tool.Cache, "node_modules") };
        var result = await Command.RunAsync("node", [Repository.Script("platformatic.js"), shared.Broker.Bootstrap], null, environment);

        using var seen = JsonDocument.Parse(result.Succeeded().Output);
        var root = seen.RootElement;
        Assert.Equal(4, root.GetProperty("created").GetInt32());
        Assert.Equal(8, root.GetProperty("produced").EnumerateObject().Count(batch => batch.Value.GetInt32() == 4));
        foreach (var protocol in (string[])["classic", "consumer"])
        {
            var group = root.GetProperty(protocol);
            Assert.Equal(All, group.GetProperty("distinct").GetInt32());
            Assert.All(["none", "gzip", "snappy", "lz4"], codec => Assert.Equal(800, group.GetProperty("codecs").GetProperty(codec).GetInt32()));
            Assert.Equal(All, group.GetProperty("committed").GetInt32());
            Assert.Equal(protocol, group.GetProperty("type").GetString());
            Assert.Equal(7, group.GetProperty("altered").GetInt32());
            Assert.True(group.GetProperty("deleted").GetBoolean());
        }

        Assert.Equal("88888888", root.GetProperty("altered").GetString());
        Assert.Equal((All, 1, 3), (root.GetProperty("latest").GetInt32(), root.GetProperty("byTime").GetInt32(), root.GetProperty("low").GetInt32()));
        Assert.Equal(5, root.GetProperty("partitions").GetInt32());
        Assert.True(root.GetProperty("logged").GetBoolean());
        Assert.False(root.GetProperty("listed").GetBoolean());
    }
}
