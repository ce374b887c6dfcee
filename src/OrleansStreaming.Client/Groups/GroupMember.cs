using Microsoft.Extensions.Logging;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Consuming;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Groups;

/// <summary>
/// A member of a classic consumer group: joins, is assigned partitions, sends heartbeats, and joins again when the group
/// rebalances, until it is stopped and leaves. Drives the session; one of it a consumer.
/// </summary>
internal sealed partial class GroupMember : IGroupMembership
{
    private readonly ClusterLink _link;
    private readonly ConsumerSession _session;
    private readonly ConsumerOptions _options;
    private readonly Coordinators _coordinators;
    private readonly string _groupId;
    private readonly string[] _assignors;
    private readonly bool _isCooperative;
    private readonly AsyncSignal _wake = new();
    private readonly ILogger _logger;
    private volatile IReadOnlyList<string> _topics;
    private volatile bool _isJoined;
    private volatile bool _isLost;
    private string _memberId = "";
    private int _generation = -1;
    private IReadOnlyDictionary<string, int>? _assignedCounts;
    private MemberSubscription? _former;

    public GroupMember(ConsumerSession session, IReadOnlyList<string> topics)
    {
        _link = session.Link;
        _session = session;
        _options = session.Options;
        _coordinators = new Coordinators(_link);
        _groupId = _options.GroupId!;
        _topics = topics;
        _logger = session.Logger;
        GroupAssignor[] assignors = _options.Assignors.Count > 0 ? [.. _options.Assignors.Distinct()] : [GroupAssignor.Range, GroupAssignor.CooperativeSticky];
        _assignors = [.. assignors.Select(Assignors.NameOf)];

        // Only when nothing but cooperative assignors is offered can the group not choose one that needs everybody to stop.
        _isCooperative = assignors.All(assignor => assignor == GroupAssignor.CooperativeSticky);
    }

    /// <summary>Other topics, with the next generation.</summary>
    public void Subscribe(IReadOnlyList<string> topics)
    {
        _topics = topics;
        _wake.Set();
    }

    /// <summary>Takes part until stopped; what ends it for good ends the session's enumeration.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var heartbeats = Task.Run(() => SendHeartbeatsAsync(stopping), CancellationToken.None);
        var failures = 0;
        while (!stopping.IsCancellationRequested)
        {
            var seen = _link.Image.Version;
            try
            {
                if (_isLost)
                {
                    await LoseAsync(stopping).ConfigureAwait(false);
                }

                if (await JoinAsync(stopping).ConfigureAwait(false))
                {
                    failures = 0;
                    _session.NoteAnswer();
                    await _wake.WaitAsync(stopping).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (StreamingException failure) when (!failure.IsRetriable)
            {
                _session.Fail(failure);
                break;
            }
            catch (Exception failure)
            {
                LogJoinFailed(_logger, _groupId, failure.Message);
                if (_session.UnansweredFor() >= _options.UnavailableTimeout)
                {
                    _session.Fail(Refusals.Unavailable($"The coordinator of group '{_groupId}' did not answer", _options.UnavailableTimeout, failure));
                    break;
                }

                await _link.PauseAsync(failures++, seen, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        _isJoined = false;
        await heartbeats.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>After it was stopped: tells the group, unless this is a static member, which may come back.</summary>
    public async Task LeaveAsync()
    {
        if (_memberId.Length == 0 || _options.GroupInstanceId is not null)
        {
            return;
        }

        LeavingMember[] self = [new LeavingMember { MemberId = _memberId }];
        try
        {
            await _coordinators.AskAsync(
                _groupId, group => group.Leave(self), static answer => answer.Error, _link.Options.MetadataTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StreamingException failure)
        {
            // The session timeout ends the membership then.
            LogLeaveFailed(_logger, _groupId, failure.Message);
        }
    }

    /// <summary>One attempt to become part of a generation; false to join again at once.</summary>
    private async Task<bool> JoinAsync(CancellationToken stopping)
    {
        foreach (var topic in _topics)
        {
            await _link.TopicAsync(topic, create: false, stopping).ConfigureAwait(false);
        }

        if (!_isCooperative)
        {
            await _session.RemoveAsync(_session.Assignment, isLost: false, stopping).ConfigureAwait(false);
        }

        _isJoined = false;
        var topics = _topics;
        var owned = _session.Assignment;
        var joined = await AskAsync(group => group.Join(JoinCommand(topics, owned)), static answer => answer.Error, stopping).ConfigureAwait(false);
        if (joined.Error is ErrorCode.MemberIdRequired)
        {
            _memberId = joined.MemberId;
            return false;
        }

        if (joined.Error is not ErrorCode.None)
        {
            return Understand(joined.Error);
        }

        (_memberId, _generation) = (joined.MemberId, joined.Generation);
        var isLeader = joined.Leader == joined.MemberId;
        _assignedCounts = isLeader ? PartitionCounts(joined) : null;
        var synced = await AskAsync(
            group => group.Sync(new SyncGroupCommand
            {
                MemberId = _memberId,
                InstanceId = _options.GroupInstanceId,
                Generation = _generation,
                ProtocolType = ConsumerProtocol.Type,
                Protocol = joined.Protocol,
                Assignments = isLeader ? Spread(joined) : [],
            }),
            static answer => answer.Error,
            stopping).ConfigureAwait(false);
        if (synced.Error is not ErrorCode.None)
        {
            return Understand(synced.Error);
        }

        _session.Offsets!.Member = new Membership(_memberId, _generation);

        // What called for this generation does not call for the next one too.
        _wake.Reset();
        _isJoined = true;
        _link.Metrics.Rebalanced(_groupId);
        var assigned = ConsumerProtocol.ReadAssignment(synced.Assignment);
        _former = new MemberSubscription(topics, assigned, _generation);
        return await ApplyAsync(assigned, owned, stopping).ConfigureAwait(false) && ReferenceEquals(topics, _topics);
    }

    /// <summary>False when partitions were given up for others: the next generation hands them over.</summary>
    private async Task<bool> ApplyAsync(IReadOnlyList<TopicPartition> assigned, IReadOnlyCollection<TopicPartition> owned, CancellationToken stopping)
    {
        LogAssigned(_logger, _groupId, _generation, assigned.Count);
        var revoked = owned.Except(assigned).ToArray();
        await _session.RemoveAsync(revoked, isLost: false, stopping).ConfigureAwait(false);
        var added = assigned.Except(owned).ToArray();
        if (added.Length > 0)
        {
            var committed = await _session.Offsets!.FetchAsync(added, stopping).ConfigureAwait(false);
            var positions = await Task.WhenAll(added.Select(async partition => (
                Partition: partition,
                Offset: committed.TryGetValue(partition, out var offset) ? offset : await _session.ResetAsync(partition, null, stopping).ConfigureAwait(false))))
                .ConfigureAwait(false);
            await _session.AddAsync(positions.ToDictionary(entry => entry.Partition, entry => entry.Offset), stopping).ConfigureAwait(false);
        }

        return revoked.Length == 0;
    }

    /// <summary>What an error of join or sync means; false to try again at once.</summary>
    private bool Understand(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                _isLost = true;
                return false;
            case ErrorCode.RebalanceInProgress:
                return false;
            case ErrorCode.InconsistentGroupProtocol:
                throw new RequestRefusedException(
                    error, $"Group '{_groupId}' has members with other assignors than {string.Join(", ", _assignors)}. Give all members one in common (ConsumerOptions.Assignors).");
            case ErrorCode.FencedInstanceId:
                throw new RequestRefusedException(
                    error, $"Another consumer has joined group '{_groupId}' as '{_options.GroupInstanceId}'. Give each instance a GroupInstanceId of its own.");
            default:
                throw Refusals.Of(error, null, $"Group '{_groupId}' does not accept this member");
        }
    }

    private async Task LoseAsync(CancellationToken stopping)
    {
        _isLost = false;
        _isJoined = false;
        (_memberId, _generation) = ("", -1);
        _session.Offsets!.Member = Membership.None;
        await _session.RemoveAsync(_session.Assignment, isLost: true, stopping).ConfigureAwait(false);

        // An application that took too long takes part again when it is back.
        await _session.WhenHandsEmptyAsync(stopping).ConfigureAwait(false);
    }

    private JoinGroupCommand JoinCommand(IReadOnlyList<string> topics, IReadOnlyCollection<TopicPartition> owned)
    {
        var subscription = new MemberSubscription(topics, [.. owned], owned.Count == 0 ? -1 : _generation);
        return new JoinGroupCommand
        {
            MemberId = _memberId,
            InstanceId = _options.GroupInstanceId,
            ProtocolType = ConsumerProtocol.Type,
            Protocols = [.. _assignors.Select(name => new JoinProtocol
            {
                Name = name,
                Metadata = ConsumerProtocol.WriteSubscription(subscription, name == "sticky" ? _former : null),
            })],
            SessionTimeoutMs = (int)_options.SessionTimeout.TotalMilliseconds,
            RebalanceTimeoutMs = (int)_options.MaxProcessingTime.TotalMilliseconds,
            ClientId = _link.Options.ClientId,
            ClientHost = $"/{Environment.MachineName}",
            RequiresKnownMemberId = true,
        };
    }

    private MemberAssignment[] Spread(JoinGroupResult joined)
    {
        var members = joined.Members.ToDictionary(
            member => member.MemberId,
            member => joined.Protocol == "sticky" ? ConsumerProtocol.ReadSticky(member.Metadata) : ConsumerProtocol.ReadSubscription(member.Metadata));
        return
        [
            .. Assignors.Assign(joined.Protocol!, members, _assignedCounts!).Select(entry => new MemberAssignment
            {
                MemberId = entry.Key,
                Assignment = ConsumerProtocol.WriteAssignment(entry.Value),
            }),
        ];
    }

    private Dictionary<string, int> PartitionCounts(JoinGroupResult joined)
    {
        var image = _link.Image;
        return joined.Members.SelectMany(member => ConsumerProtocol.ReadSubscription(member.Metadata).Topics).Distinct()
            .Where(image.Topics.ContainsKey).ToDictionary(topic => topic, topic => image.Topics[topic].Partitions.Count);
    }

    private Task<T> AskAsync<T>(Func<IGroupGrain, Task<T>> question, Func<T, ErrorCode> errorOf, CancellationToken cancellationToken) =>
        _coordinators.AskAsync(_groupId, question, errorOf, _link.Options.RequestTimeout, cancellationToken);
}
