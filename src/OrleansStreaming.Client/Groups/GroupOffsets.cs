using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Groups;

/// <summary>A group's committed positions, read and written as the member that this consumer is at the moment. Any thread.</summary>
internal sealed class GroupOffsets(ClusterLink link, string groupId, string? instanceId)
{
    private readonly Coordinators _coordinators = new(link);
    private volatile Membership _member = Membership.None;

    /// <summary>Who commits; none for a consumer outside of the group's generations.</summary>
    public Membership Member
    {
        get => _member;
        set => _member = value;
    }

    /// <summary>Positions of those partitions that have one.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, Offset>> FetchAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        GroupTopicPartition[] named = [.. partitions.Select(partition => new GroupTopicPartition(partition.Topic, partition.Partition))];
        var fetched = await _coordinators.AskAsync(
            groupId, group => group.FetchOffsets(named), static answer => answer.Error, link.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        return fetched.Error is not ErrorCode.None
            ? throw Refusals.Of(fetched.Error, null, $"The positions of group '{groupId}' cannot be read")
            : fetched.Offsets.Where(entry => entry.Value is not null).ToDictionary(
                entry => new TopicPartition(entry.Partition.Topic, entry.Partition.Partition), entry => entry.Value!.Offset);
    }

    public async Task CommitAsync(IReadOnlyDictionary<TopicPartition, (Offset Offset, LeaderEpoch Epoch)> positions, CancellationToken cancellationToken)
    {
        var member = _member;
        var command = new CommitOffsetsCommand
        {
            MemberId = member.Id,
            Generation = member.Generation,
            InstanceId = member.Id.Length == 0 ? null : instanceId,
            Offsets = [.. positions.Select(entry => new OffsetToCommit
            {
                Partition = new GroupTopicPartition(entry.Key.Topic, entry.Key.Partition),
                Offset = entry.Value.Offset,
                LeaderEpoch = entry.Value.Epoch,
                Metadata = "",
            })],
        };
        var result = await _coordinators.AskAsync(
            groupId, group => group.CommitOffsets(command), static answer => answer.Error, link.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        var error = result.Error is not ErrorCode.None ? result.Error : result.PartitionErrors.FirstOrDefault(error => error is not ErrorCode.None);
        switch (error)
        {
            case ErrorCode.None:
                return;
            case ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.RebalanceInProgress or ErrorCode.FencedInstanceId:
                throw new CommitFailedException(
                    error,
                    $"Group '{groupId}' has begun a new generation since the records were read, and does not take the commit ({ErrorTable.NameOf(error)}). They are read "
                    + "again by whoever has the partitions now. Process faster, or raise MaxProcessingTime or SessionTimeout, if this comes often.");
            default:
                throw Refusals.Of(error, null, $"Group '{groupId}' did not take the commit");
        }
    }
}

/// <summary>A member id and the generation it is of.</summary>
internal sealed record Membership(string Id, int Generation)
{
    public static readonly Membership None = new("", -1);
}
