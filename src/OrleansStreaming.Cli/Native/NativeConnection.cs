using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;

namespace OrleansStreaming.Cli.Native;

/// <summary>A cluster over the Orleans client: every call is a grain call.</summary>
/// <param name="client">Owned by this.</param>
/// <param name="timeout">How long reading goes on trying when no broker answers.</param>
/// <param name="host">What the client lives in; ended with this. Null when it is somebody else's.</param>
internal sealed class NativeConnection(IStreamingClient client, IAsyncDisposable? host, TimeSpan timeout, TimeProvider time) : IClusterConnection
{
    public ITopics Topics { get; } = new NativeTopics(client.Admin);

    public IGroups Groups { get; } = new NativeGroups(client.Admin);

    public IConfigs Configs { get; } = new NativeConfigs(client.Admin);

    public IBrokers Brokers { get; } = new NativeBrokers(client.Admin);

    public IRecordWriter OpenWriter(WriterOptions options) => new NativeWriter(client, options);

    /// <exception cref="UsageException">The consumer protocol: Kafka clients speak it with each other, Orleans clients do not.</exception>
    public IRecordFeed OpenFeed(FeedOptions options) => options.GroupProtocol is GroupProtocol.Classic
        ? new NativeFeed(client, options, timeout, time)
        : throw new UsageException("--group-protocol consumer needs --bootstrap: over --cluster-dir, groups are classic.");

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync().ConfigureAwait(false);
        if (host is not null)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }
}
