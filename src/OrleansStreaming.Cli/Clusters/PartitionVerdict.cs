using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>What became of a request about one partition.</summary>
/// <param name="Message">The broker's own words; null for none.</param>
internal sealed record PartitionVerdict(TopicPartition Partition, ErrorCode Error, string? Message)
{
    /// <summary>Nothing to do counts as done.</summary>
    public bool IsDone => Error is ErrorCode.None or ErrorCode.ElectionNotNeeded;

    public string Text => Error switch
    {
        ErrorCode.None => "done",
        ErrorCode.ElectionNotNeeded => "not needed",
        _ => $"{ErrorTable.NameOf(Error)}: {(string.IsNullOrEmpty(Message) ? ErrorTable.MessageOf(Error) : Message)}",
    };
}
