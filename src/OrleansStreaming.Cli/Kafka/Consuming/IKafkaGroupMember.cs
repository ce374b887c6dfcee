using OrleansStreaming.Cli.Kafka.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Consuming;

/// <summary>A member of a consumer group, of one protocol or the other. For one reader at a time.</summary>
internal interface IKafkaGroupMember
{
    /// <summary>As whom to commit; none while the group does not know this member.</summary>
    GroupMembership Membership { get; }

    /// <summary>Joins, or agrees to what has changed, and answers what is to be read from now on.</summary>
    Task<IReadOnlyList<TopicPartition>> JoinAsync(CancellationToken cancellationToken);

    /// <summary>Beats until this member is to join again: what it reads has changed, or the group has forgotten it.</summary>
    Task BeatAsync(CancellationToken cancellationToken);

    /// <summary>Leaves, so that others take over at once. A coordinator that does not answer learns it from the silence.</summary>
    Task LeaveAsync(CancellationToken cancellationToken);
}
