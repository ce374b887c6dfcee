using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

/// <summary>A group in a list.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">For example <c>Stable</c> or <c>Empty</c>.</param>
/// <param name="ProtocolType"><c>consumer</c> for consumers; empty for a group that only ever committed.</param>
public sealed record GroupListing(string GroupId, string State, string ProtocolType);

/// <summary>A group.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="State">For example <c>Stable</c> or <c>Empty</c>; <c>Dead</c> when there is no such group.</param>
/// <param name="ProtocolType"><c>consumer</c> for consumers.</param>
/// <param name="Assignor">How partitions are spread, for example <c>range</c>; empty unless stable.</param>
/// <param name="Coordinator">The broker that looks after it.</param>
/// <param name="Members">Its members.</param>
public sealed record GroupInfo(
    string GroupId, string State, string ProtocolType, string Assignor, BrokerId Coordinator, IReadOnlyList<GroupMemberInfo> Members);

/// <summary>A member of a group.</summary>
/// <param name="MemberId">Given by the coordinator.</param>
/// <param name="InstanceId">Set for static members, else null.</param>
/// <param name="ClientId">What the client calls itself.</param>
/// <param name="ClientHost">Where it comes from.</param>
/// <param name="Assignment">What it reads; empty while the group rebalances.</param>
public sealed record GroupMemberInfo(
    string MemberId, string? InstanceId, string ClientId, string ClientHost, IReadOnlyList<TopicPartition> Assignment);

/// <summary>How far a group is in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Committed">The next record to read.</param>
/// <param name="End">The next record to be written; null when the partition cannot be asked.</param>
/// <param name="Metadata">The client's own text, empty for none.</param>
public sealed record GroupOffset(TopicPartition Partition, Offset Committed, Offset? End, string Metadata)
{
    /// <summary>Records not yet read; null when the end is unknown.</summary>
    public long? Lag => End is { } end ? Math.Max(0, end - Committed) : null;
}
