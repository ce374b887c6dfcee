using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Client.Tests.Hosting;

[Collection(BrokerCollection.Name)]
public sealed class ContainerTests(BrokerFixture broker)
{
    [Fact]
    public async Task OptionsComeFromConfigurationAndProducersFromTheContainer()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["OrleansStreaming:Client:ClientId"] = "orders",
            ["OrleansStreaming:Client:Producer:Compression"] = "Gzip",
            ["OrleansStreaming:Client:Producer:Linger"] = "00:00:00.002",
            ["OrleansStreaming:Client:Consumer:GroupId"] = "billing",
            ["OrleansStreaming:Client:Consumer:Topics:0"] = "orders",
        }).Build();
        var topic = await broker.NewTopicAsync(1);
        await using var services = new ServiceCollection()
            .AddSingleton(broker.Cluster.Grains)
            .AddOrleansStreaming(configuration.GetSection(StreamingClientOptions.Section), options => options.MetadataTimeout = BrokerFixture.Limit)
            .AddHealthChecks().AddOrleansStreaming().Services
            .BuildServiceProvider();

        var options = services.GetRequiredService<StreamingClient>().Link.Options;
        Assert.Equal(("orders", CompressionType.Gzip, "billing"), (options.ClientId, options.Producer.Compression, options.Consumer.GroupId));
        Assert.Equal(["orders"], options.Consumer.Topics);
        Assert.Equal(0, (await services.GetRequiredService<IProducer<string, string>>().ProduceAsync(topic, "k", "v")).Offset.Value);
        Assert.Same(services.GetRequiredService<IStreamingClient>().Admin, services.GetRequiredService<IStreamingAdmin>());
        var health = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Status);
    }

    [Fact]
    public async Task TracesGoFromProducerToConsumer()
    {
        using var traces = new TestTraces();
        var topic = await broker.NewTopicAsync(1);
        await using var producer = broker.Client.CreateProducer<string, string>();
        await producer.ProduceAsync(topic, "k", "v");
        var record = Assert.Single(await broker.Client.ReadAllAsync(topic));
        using var processing = record.StartActivity();

        Assert.NotNull(processing);
        Assert.Equal(ActivityKind.Consumer, processing.Kind);
        Assert.Equal(record.Headers.GetString("traceparent"), processing.ParentId);
    }
}
