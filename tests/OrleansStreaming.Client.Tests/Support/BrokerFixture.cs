using OrleansStreaming.Client.Admin;
using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.Support;

/// <summary>One broker for all tests that do it no harm; each works on topics of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    /// <summary>Only ends a test that would hang.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private int _lastTopic;

    public StreamingTestCluster Cluster { get; private set; } = null!;

    public IStreamingClient Client => Cluster.Client;

    public async Task InitializeAsync() => Cluster = await StreamingTestCluster.StartAsync(options =>
        options.ConfigureClient = client => client.MetadataTimeout = Limit);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    /// <summary>A name that no other test uses.</summary>
    public string NewName(string what = "topic") => $"{what}-{Interlocked.Increment(ref _lastTopic)}";

    public async Task<string> NewTopicAsync(int partitions = 3, params (string Name, string Value)[] configs)
    {
        var name = NewName();
        await Cluster.Admin.CreateTopicAsync(new NewTopic(name)
        {
            PartitionCount = partitions,
            Configs = configs.ToDictionary(config => config.Name, config => config.Value),
        });
        return name;
    }

    /// <summary>A client that reaches the broker by grain calls alone, as one of another process does.</summary>
    public StreamingClient NewRemoteClient(Action<StreamingClientOptions>? configure = null)
    {
        var options = new StreamingClientOptions { MetadataTimeout = Limit };
        configure?.Invoke(options);
        return StreamingClient.Create(Cluster.Grains, options);
    }
}

[CollectionDefinition(Name)]
public sealed class BrokerCollection : ICollectionFixture<BrokerFixture>
{
    public const string Name = "broker";
}
