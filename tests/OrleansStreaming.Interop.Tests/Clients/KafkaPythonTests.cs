using System.Text.Json;
using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Processes;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Clients;

/// <summary>kafka-python: a client that guesses the broker's release from the API versions it is told.</summary>
[Collection(SharedBroker.Name)]
public sealed class KafkaPythonTests(SharedBroker shared)
{
    [KafkaPythonFact]
    public async Task AdministersProducesAndReads()
    {
        var result = await Command.RunAsync("/usr/bin/python3", Repository.Script("kafka_python.py"), shared.Broker.Bootstrap);

        using var seen = JsonDocument.Parse(result.Succeeded().Output);
        var root = seen.RootElement;
        Assert.Equal("12345678", root.GetProperty("retention").GetString());
        Assert.Equal(3, root.GetProperty("partitions").GetInt32());
        Assert.Equal(1000, root.GetProperty("produced").GetInt32());
        Assert.Equal(1000, root.GetProperty("read").GetInt32());
        Assert.Equal(500, root.GetProperty("distinct").GetInt32());
        Assert.Equal(1000, root.GetProperty("headers").GetInt32());
        Assert.Equal(0, root.GetProperty("byTime").GetInt32());
        Assert.False(root.GetProperty("listed").GetBoolean());
    }
}
