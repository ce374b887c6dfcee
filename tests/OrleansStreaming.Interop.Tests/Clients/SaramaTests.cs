using System.Text.Json;
using OrleansStreaming.Interop.Tests.Brokers;
using OrleansStreaming.Processes;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Clients;

/// <summary>
/// Debian's sarama, of 2019: it never asks which versions there are, but sends those that brokers of its time took, and closes
/// its eyes to a commit that is refused.
/// </summary>
[Collection(SharedBroker.Name)]
public sealed class SaramaTests(SharedBroker shared)
{
    [SaramaFact]
    public async Task AdministersProducesAndCommitsInAGroup()
    {
        var environment = new Dictionary<string, string> { ["GO111MODULE"] = "off", ["GOPATH"] = "/usr/share/gocode", ["CGO_ENABLED"] = "0" };
        var result = await Command.RunAsync(
            "go", ["run", Repository.Script("sarama.go"), shared.Broker.Bootstrap], null, environment, TimeSpan.FromMinutes(3));

        var seen = JsonSerializer.Deserialize<Dictionary<string, long>>(result.Succeeded().Output)!;
        Assert.Equal(7_777_777, seen["retention"]);
        Assert.Equal(1_600, seen["newest"]);
        Assert.Equal(1_600, seen["read"]);
        Assert.Equal(1_600, seen["grouped"]);
        Assert.Equal(1_600, seen["committed"]);
        Assert.Equal(4, seen["partitions"]);
        Assert.Equal(1, seen["oldest"]);
        Assert.Equal(0, seen["listed"]);
    }
}
