using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Client.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Admin;

/// <summary>Groups over the Kafka port: of the classic protocol, and those of KIP-848 where the broker has them.</summary>
internal sealed class KafkaGroups(KafkaCluster cluster, GroupPositions positions, PartitionOffsets offsets) : IGroups
{
    private const string Dead = "Dead";

    public async Task<IReadOnlyList<GroupListing>> ListAsync(CancellationToken cancellationToken)
    {
        var view = await cluster.ViewAsync([], cancellationToken).ConfigureAwait(false);
        var lists = await Task.WhenAll(view.Brokers.Keys.Select(broker => cluster.Retries.RunAsync(
            async () =>
            {
                var response = await cluster.AskBrokerAsync<ListGroupsResponse>(
                    broker, ApiKey.ListGroups, _ => new ListGroupsRequest(), TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
                Answers.Check(response.ErrorCode, $"Broker {broker} does not list its groups");
                return response.Groups;
            },
            cancellationToken))).ConfigureAwait(false);
        return
        [
            .. lists.SelectMany(list => list).Select(group => new GroupListing(group.GroupId, group.GroupState, group.ProtocolType))
                .OrderBy(group => group.GroupId, StringComparer.Ordinal),
        ];
    }

    public async Task<GroupInfo> DescribeAsync(string groupId, CancellationToken cancellationToken)
    {
        var response = await cluster.AskCoordinatorAsync<DescribeGroupsResponse>(
            groupId,
            ApiKey.DescribeGroups,
            _ => new DescribeGroupsRequest { Groups = [groupId] },
            answer => answer.Groups.Single().ErrorCode,
            TimeSpan.Zero,
            cancellationToken).ConfigureAwait(false);
        var group = response.Groups.Single();
        var isUnknown = (ErrorCode)group.ErrorCode is ErrorCode.GroupIdNotFound || group.GroupState == Dead;
        if (isUnknown && await DescribeNewAsync(groupId, cancellationToken).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        if (!isUnknown)
        {
            Answers.Check(group.ErrorCode, $"Group '{groupId}' cannot be described", group.ErrorMessage);
        }

        return new GroupInfo(
            groupId,
            isUnknown ? Dead : group.GroupState,
            group.ProtocolType,
            group.ProtocolData,
            await CoordinatorAsync(groupId, cancellationToken).ConfigureAwait(false),
            [
                .. group.Members.Select(member => new GroupMemberInfo(
                    member.MemberId, member.GroupInstanceId, member.ClientId, member.ClientHost, Assignment(group.ProtocolType, member.MemberAssignment.Span))),
            ]);
    }

    public async Task<IReadOnlyList<GroupOffset>> OffsetsAsync(string groupId, CancellationToken cancellationToken)
    {
        var committed = await positions.FetchAllAsync(groupId, cancellationToken).ConfigureAwait(false);
        var view = await cluster.ViewAsync([.. committed.Keys.Select(partition => partition.Topic).Distinct()], cancellationToken).ConfigureAwait(false);
        var living = committed.Keys.Where(partition => view.LeaderOf(partition).Value >= 0).ToArray();
        var ends = living.Length == 0
            ? new Dictionary<TopicPartition, Offset>()
            : await offsets.FindAsync(living, StartPosition.End, readCommitted: false, cancellationToken).ConfigureAwait(false);
        return
        [
            .. committed.OrderBy(entry => entry.Key.Topic, StringComparer.Ordinal).ThenBy(entry => entry.Key.Partition).Select(entry => new GroupOffset(
                entry.Key, entry.Value.Offset, ends.TryGetValue(entry.Key, out var end) ? end : null, entry.Value.Metadata)),
        ];
    }

    public Task SetOffsetsAsync(string groupId, IReadOnlyDictionary<TopicPartition, Offset> offsets, CancellationToken cancellationToken) =>
        positions.CommitAsync(groupId, GroupMembership.None, offsets, cancellationToken);

    public async Task DeleteAsync(string groupId, CancellationToken cancellationToken)
    {
        var response = await cluster.AskCoordinatorAsync<DeleteGroupsResponse>(
            groupId,
            ApiKey.DeleteGroups,
            _ => new DeleteGroupsRequest { GroupsNames = [groupId] },
            answer => answer.Results.Single().ErrorCode,
            TimeSpan.Zero,
            cancellationToken).ConfigureAwait(false);
        Answers.Check(response.Results.Single().ErrorCode, $"Group '{groupId}' was not deleted");
    }

    /// <summary>A group of KIP-848; null when the broker knows none of that name.</summary>
    private async Task<GroupInfo?> DescribeNewAsync(string groupId, CancellationToken cancellationToken)
    {
        if (!await cluster.HasAsync(ApiKey.ConsumerGroupDescribe, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        var response = await cluster.AskCoordinatorAsync<ConsumerGroupDescribeResponse>(
            groupId,
            ApiKey.ConsumerGroupDescribe,
            _ => new ConsumerGroupDescribeRequest { GroupIds = [groupId] },
            answer => answer.Groups.Single().ErrorCode,
            TimeSpan.Zero,
            cancellationToken).ConfigureAwait(false);
        var group = response.Groups.Single();
        return (ErrorCode)group.ErrorCode is not ErrorCode.None
            ? null
            : new GroupInfo(
                groupId,
                group.GroupState,
                "consumer",
                group.AssignorName,
                await CoordinatorAsync(groupId, cancellationToken).ConfigureAwait(false),
                [
                    .. group.Members.Select(member => new GroupMemberInfo(
                        member.MemberId,
                        member.InstanceId,
                        member.ClientId,
                        member.ClientHost,
                        [
                            .. from topic in member.Assignment.TopicPartitions
                               from partition in topic.Partitions
                               select new TopicPartition(topic.TopicName, partition),
                        ])),
                ]);
    }

    private async Task<BrokerId> CoordinatorAsync(string groupId, CancellationToken cancellationToken)
    {
        var address = await cluster.CoordinatorAsync(groupId, cancellationToken).ConfigureAwait(false);
        var view = await cluster.ViewAsync([], cancellationToken).ConfigureAwait(false);
        return view.Brokers.Values.FirstOrDefault(broker => broker.Host == address.Host && broker.Port == address.Port)?.Id ?? BrokerId.None;
    }

    /// <summary>Other kinds of groups (Connect's workers) exchange bytes of their own.</summary>
    private static IReadOnlyList<TopicPartition> Assignment(string protocolType, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return protocolType == ConsumerProtocol.Type ? ConsumerProtocol.ReadAssignment(bytes) : [];
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
