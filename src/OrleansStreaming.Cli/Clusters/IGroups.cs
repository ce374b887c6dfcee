using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>Consumer groups and their positions.</summary>
internal interface IGroups
{
    Task<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancellationToken);

    /// <summary>State "Dead" when there is no such group.</summary>
    Task<GroupInfo> DescribeAsync(string groupId, CancellationToken cancellationToken);

    /// <summary>Committed position and end of every partition the group has committed.</summary>
    Task<IReadOnlyList<GroupOffset>> OffsetsAsync(string groupId, CancellationToken cancellationToken);

    /// <summary>The group must have no members.</summary>
    Task SetOffsetsAsync(string groupId, IReadOnlyDictionary<TopicPartition, Offset> offsets, CancellationToken cancellationToken);

    /// <summary>The group must have no members.</summary>
    Task DeleteAsync(string groupId, CancellationToken cancellationToken);
}
