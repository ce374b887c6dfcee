using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Simulation.Tests.Disks;

/// <summary>One replica's folder: which topic it is of, its log, and the high watermark that was last written down for it.</summary>
internal sealed class SimulatedFolder(TopicId topic, int partition, SimulatedLog log)
{
    public TopicId Topic { get; } = topic;

    public int Partition { get; } = partition;

    public SimulatedLog Log { get; } = log;

    public long Checkpoint { get; set; }
}
