using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Logs;

/// <summary>Where a log lives and what it lives from.</summary>
internal sealed record LogPlace(
    IStorageDevice Device,
    string Directory,
    TopicPartition Partition,
    TopicId TopicId,
    TimeProvider Time,
    TaskScheduler Background)
{
    /// <summary>Milliseconds since 1970.</summary>
    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
