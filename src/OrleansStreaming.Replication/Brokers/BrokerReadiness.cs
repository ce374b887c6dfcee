using OrleansStreaming.Contracts.Brokers;

namespace OrleansStreaming.Replication.Brokers;

internal sealed class BrokerReadiness : IBrokerReadiness
{
    private volatile State _state = new(false, "not started");

    public bool IsReady => _state.IsReady;

    public string Detail => _state.Detail;

    public void Set(bool isReady, string detail) => _state = new State(isReady, detail);

    private sealed record State(bool IsReady, string Detail);
}
