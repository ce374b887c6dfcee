namespace OrleansStreaming.Contracts.Brokers;

/// <summary>How far the broker of this silo has come. One per silo, from the container; callable from any thread.</summary>
public interface IBrokerReadiness
{
    /// <summary>True from the moment its logs are recovered, it leads what it should lead and metadata knows it, until it stops.</summary>
    bool IsReady { get; }

    /// <summary>What it is doing, or why it is not ready, in one line for people, e.g. <c>recovering 12 of 40 logs</c>.</summary>
    string Detail { get; }
}
