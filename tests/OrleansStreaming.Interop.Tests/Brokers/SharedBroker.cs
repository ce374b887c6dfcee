using OrleansStreaming.Processes.Brokers;

namespace OrleansStreaming.Interop.Tests.Brokers;

/// <summary>One broker for all tests that only add topics to it. New topics get 6 partitions.</summary>
public sealed class SharedBroker : IAsyncLifetime
{
    public const string Name = "shared broker";

    private readonly TemporaryFolder _folder = new();
    private BrokerProcess? _broker;

    internal BrokerProcess Broker => _broker ?? throw new InvalidOperationException("The broker has not started.");

    public async Task InitializeAsync() =>
        _broker = await BrokerProcess.StartAsync(_folder.File("data"), "127.0.0.1:0", "--config", "num.partitions=6", "--config", "group.initial.rebalance.delay.ms=0");

    public async Task DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _folder.Dispose();
    }
}

[CollectionDefinition(SharedBroker.Name)]
public sealed class SharedBrokerCollection : ICollectionFixture<SharedBroker>;
