using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>What a consumer has processed and not yet committed. Any thread.</summary>
internal sealed class ProcessedPositions
{
    private readonly Lock _gate = new();
    private Dictionary<TopicPartition, Offset> _changed = [];

    public void Mark(TopicPartition partition, Offset next)
    {
        lock (_gate)
        {
            _changed[partition] = next;
        }
    }

    /// <summary>What changed since the last call; it is the caller's to commit.</summary>
    public Dictionary<TopicPartition, Offset> Take()
    {
        lock (_gate)
        {
            var taken = _changed;
            _changed = [];
            return taken;
        }
    }
}
