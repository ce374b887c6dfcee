using OrleansStreaming.Client.Admin;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.Snippets;

public sealed class OrderTests : IAsyncLifetime
{
    private StreamingTestCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await StreamingTestCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task AnOrderIsStored()
    {
        await _cluster.Admin.CreateTopicAsync(new NewTopic("orders"));
        await using var producer = _cluster.Client.CreateProducer<string, string>();
        var stored = await producer.ProduceAsync("orders", "customer-7", "two apples");
        Assert.Equal(0, stored.Offset.Value);
    }
}
