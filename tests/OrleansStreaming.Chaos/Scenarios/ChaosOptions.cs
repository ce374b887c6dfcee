namespace OrleansStreaming.Chaos.Scenarios;

/// <summary>One run.</summary>
public sealed record ChaosOptions
{
    public int Brokers { get; init; } = 3;

    public int Partitions { get; init; } = 6;

    public short Replication { get; init; } = 3;

    public int MinInSync { get; init; } = 2;

    public int Producers { get; init; } = 3;

    /// <summary>Records per second and producer.</summary>
    public int Rate { get; init; } = 500;

    /// <summary>How long faults come.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>From one fault to the next.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Which faults, in turn by chance.</summary>
    public IReadOnlyList<FaultKind> Faults { get; init; } = [FaultKind.Kill];

    public int Seed { get; init; } = 1;

    public string[] BrokerConfigs { get; init; } = [];

    /// <summary>Told what happens; null: nobody.</summary>
    public Action<string>? Report { get; init; }
}

/// <summary>What can happen to a cluster.</summary>
public enum FaultKind
{
    /// <summary>kill -9 of a broker that leads, and its restart.</summary>
    Kill,

    /// <summary>SIGSTOP for some seconds, then SIGCONT; a broker that ends because it was declared dead is started again.</summary>
    Pause,

    /// <summary>Every client connection of one broker breaks.</summary>
    Cut,

    /// <summary>Each broker in turn is stopped with SIGTERM and started again.</summary>
    RollingRestart,

    /// <summary>Two brokers join, partitions move onto them and back, and they leave again.</summary>
    Scale,

    /// <summary>kill -9 of all brokers at once, and their restart.</summary>
    KillAll,
}
