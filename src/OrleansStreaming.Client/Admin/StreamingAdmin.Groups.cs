using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Groups;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

internal sealed partial class StreamingAdmin
{
    private readonly Coordinators _coordinators = new(link);

    public async Task<IReadOnlyList<GroupListing>> ListGroupsAsync(CancellationToken cancellationToken = default)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        if (!link.Image.Topics.TryGetValue(OffsetsTopic.Name, out var topic))
        {
            return [];
        }

        var groups = new List<GroupListing>();
        foreach (var partition in topic.Partitions)
        {
            var key = new GroupPartitionKey(partition.Partition, partition.Leader).ToString();
            var listed = await AnswerAsync(
                () => link.Grains.GetGrain<IGroupPartitionGrain>(key).List(), "Groups cannot be listed", cancellationToken).ConfigureAwait(false);
            if (listed.Error is not ErrorCode.None)
            {
                throw Refusals.Of(listed.Error, null, "Groups cannot be listed");
            }

            foreach (var id in listed.GroupIds)
            {
                var summary = await _coordinators.AskAsync(
                    id, static group => group.Summarize(), static answer => answer.Error, link.Options.MetadataTimeout, cancellationToken).ConfigureAwait(false);
                if (summary is { Error: ErrorCode.None, State: not GroupState.Dead })
                {
                    groups.Add(new GroupListing(id, summary.State.ToString(), summary.ProtocolType));
                }
            }
        }

        return groups;
    }

    public async Task<GroupInfo> DescribeGroupAsync(string groupId, CancellationToken cancellationToken = default)
    {
        var group = await AskAsync(groupId, static group => group.Describe(), static answer => answer.Error, cancellationToken).ConfigureAwait(false);
        ThrowIf(group.Error, groupId, "cannot be described");
        return new GroupInfo(
            groupId,
            group.State.ToString(),
            group.ProtocolType,
            group.Protocol,
            await _coordinators.FindAsync(groupId, cancellationToken).ConfigureAwait(false),
            [.. group.Members.Select(member => new GroupMemberInfo(
                member.MemberId,
                member.InstanceId,
                member.ClientId,
                member.ClientHost,
                group.ProtocolType == ConsumerProtocol.Type ? ConsumerProtocol.ReadAssignment(member.Assignment) : []))]);
    }

    public async Task<IReadOnlyList<GroupOffset>> GetGroupOffsetsAsync(string groupId, CancellationToken cancellationToken = default)
    {
        var fetched = await AskAsync(groupId, static group => group.FetchOffsets(null), static answer => answer.Error, cancellationToken).ConfigureAwait(false);
        ThrowIf(fetched.Error, groupId, "has no offsets to tell");
        var offsets = new List<GroupOffset>();
        foreach (var entry in fetched.Offsets.Where(entry => entry.Value is not null).OrderBy(entry => entry.Partition.Topic, StringComparer.Ordinal).ThenBy(entry => entry.Partition.Partition))
        {
            var partition = new TopicPartition(entry.Partition.Topic, entry.Partition.Partition);
            Offset? end = null;
            if (link.Find(partition) is not null)
            {
                end = await link.FindOffsetAsync(partition, FindOffsetCommand.Latest, ReadIsolation.ReadUncommitted, cancellationToken).ConfigureAwait(false);
            }

            offsets.Add(new GroupOffset(partition, entry.Value!.Offset, end, entry.Value.Metadata));
        }

        return offsets;
    }

    public async Task SetGroupOffsetsAsync(string groupId, IReadOnlyDictionary<TopicPartition, Offset> offsets, CancellationToken cancellationToken = default)
    {
        var command = new CommitOffsetsCommand { Offsets = [.. offsets.Select(entry => new OffsetToCommit { Partition = Named(entry.Key), Offset = entry.Value })] };
        var result = await AskAsync(groupId, group => group.CommitOffsets(command), static answer => answer.Error, cancellationToken).ConfigureAwait(false);
        ThrowIfAny(result, groupId, "did not take the offsets. Stop its members first");
    }

    public async Task DeleteGroupOffsetsAsync(string groupId, IEnumerable<TopicPartition> partitions, CancellationToken cancellationToken = default)
    {
        GroupTopicPartition[] named = [.. partitions.Select(Named)];
        var result = await AskAsync(groupId, group => group.DeleteOffsets(named), static answer => answer.Error, cancellationToken).ConfigureAwait(false);
        ThrowIfAny(result, groupId, "did not forget the offsets");
    }

    public async Task DeleteGroupAsync(string groupId, CancellationToken cancellationToken = default)
    {
        var error = await AskAsync(groupId, static group => group.Delete(), static answer => answer, cancellationToken).ConfigureAwait(false);
        ThrowIf(error, groupId, "was not deleted");
    }

    private Task<T> AskAsync<T>(string groupId, Func<IGroupGrain, Task<T>> question, Func<T, ErrorCode> errorOf, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        return _coordinators.AskAsync(groupId, question, errorOf, link.Options.MetadataTimeout, cancellationToken);
    }

    private static GroupTopicPartition Named(TopicPartition partition) => new(partition.Topic, partition.Partition);

    private static void ThrowIf(ErrorCode error, string groupId, string what)
    {
        if (error is not ErrorCode.None)
        {
            throw Refusals.Of(error, null, $"Group '{groupId}' {what}");
        }
    }

    private static void ThrowIfAny(OffsetsResult result, string groupId, string what)
    {
        ThrowIf(result.Error, groupId, what);
        foreach (var error in result.PartitionErrors)
        {
            ThrowIf(error, groupId, what);
        }
    }
}
