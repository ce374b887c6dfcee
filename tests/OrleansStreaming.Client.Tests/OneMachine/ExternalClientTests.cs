using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Hosting;
using OrleansStreaming.Client.Tests.Samples;
using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.OneMachine;

/// <summary>Clients that find the brokers by the directory they share.</summary>
public sealed class ExternalClientTests
{
    /// <summary>The README's snippet, compared by <see cref="Snippets.ReadmeTests"/>.</summary>
    [Fact]
    public async Task AnApplicationConnects()
    {
        await using var cluster = await StreamingTestCluster.StartAsync(options => options.Brokers = 2);
        await cluster.Admin.CreateTopicAsync(new NewTopic("words"));
        var clusterDirectory = cluster.ClusterDirectory;

        // begin connecting
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleansClient(client => client.UseClusterDirectory(clusterDirectory)); // the brokers' --cluster-dir
        builder.Services.AddOrleansStreaming();
        using var host = builder.Build();
        await host.StartAsync();

        var producer = host.Services.GetRequiredService<IProducer<string, string>>();
        await producer.ProduceAsync("words", "greeting", "hello");
        // end connecting

        Assert.Equal("hello", (await cluster.Client.ReadAllAsync("words")).Single().Value);
        await host.StopAsync();
    }

    [Fact]
    public async Task TheConsoleClientTalksToABrokerOfAnotherProcess()
    {
        await using var cluster = await StreamingTestCluster.StartAsync(options => options.Brokers = 2);
        for (var run = 0; run < 2; run++)
        {
            using var process = SampleProcess.Start("ConsoleClient", cluster.ClusterDirectory);
            await process.StandardInput.WriteAsync($"one\ntwo\nrun {run}\n");
            process.StandardInput.Close();

            Assert.Equal($"one\ntwo\nrun {run}\n", await process.StandardOutput.ReadToEndAsync());
        }

        Assert.Equal(6, (await cluster.Client.ReadAllAsync("lines")).Count);
    }
}
