namespace OrleansStreaming.Chaos.Groups;

/// <summary>One run of a group of consumers on three brokers.</summary>
public sealed record GroupRunOptions
{
    public int Partitions { get; init; } = 6;

    public GroupProtocol Protocol { get; init; }

    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How many consumers there are, one number after the other.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [2, 4, 2, 8];

    /// <summary>How many consumers are killed after that, one by one, and replaced.</summary>
    public int ConsumerKills { get; init; }

    /// <summary>How often the coordinator's broker is killed after that: in turns in mid-rebalance and under commits.</summary>
    public int CoordinatorKills { get; init; }

    /// <summary>Load between one change and the next.</summary>
    public TimeSpan Dwell { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Records per second.</summary>
    public int Rate { get; init; } = 300;

    public string[] BrokerConfigs { get; init; } = [];

    /// <summary>Told what happens; null: nobody.</summary>
    public Action<string>? Report { get; init; }
}

/// <summary>What a run showed.</summary>
/// <param name="Wrong">Broken promises, and groups that did not come to rest; empty in a good run.</param>
/// <param name="Reads">Records read by consumers of the group, and how many of them had been read before.</param>
/// <param name="Refusals">How many commits were refused, in words.</param>
public sealed record GroupRunResult(IReadOnlyList<string> Wrong, int Produced, int Reads, int Repeated, int Commits, string Refusals);
