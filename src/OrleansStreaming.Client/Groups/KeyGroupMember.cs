using Microsoft.Extensions.Logging;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Client.Consuming;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Groups;

/// <summary>
/// A member of a key-based group, as <see cref="KeyProgressCommand"/> describes it: one loop sends heartbeats, another makes the
/// session's slots what the group wants, and only one of them calls at a time.
/// </summary>
internal sealed partial class KeyGroupMember : IGroupMembership
{
    private readonly ClusterLink _link;
    private readonly ConsumerSession _session;
    private readonly ConsumerOptions _options;
    private readonly Coordinators _coordinators;
    private readonly string _groupId;
    private readonly string _memberId;
    private readonly AsyncSignal _beatNow = new();
    private readonly SemaphoreSlim _calls = new(1);
    private readonly ILogger _logger;
    private volatile IReadOnlyList<string> _topics;
    private volatile TopicPartitions[] _wanted = [];
    private volatile bool _isLost;
    private volatile int _epoch = MemberEpochs.Join;
    private volatile bool _mustTellAll = true;
    private int _lastOwned;
    private TimeSpan _interval;

    public KeyGroupMember(ConsumerSession session, IReadOnlyList<string> topics)
    {
        _link = session.Link;
        _session = session;
        _options = session.Options;
        _coordinators = new Coordinators(_link);
        _groupId = _options.GroupId!;
        _topics = topics;
        _logger = session.Logger;
        _interval = _options.HeartbeatInterval;
        Span<byte> id = stackalloc byte[16];
        _link.Chance.NextBytes(id);
        _memberId = new Guid(id).ToString("D");
    }

    public void Subscribe(IReadOnlyList<string> topics)
    {
        _topics = topics;
        _mustTellAll = true;
        _beatNow.Set();
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAll(Run(BeatRepeatedlyAsync), Run(SettleRepeatedlyAsync)).ConfigureAwait(false);

        Task Run(Func<CancellationToken, Task> loop) => Task.Run(
            async () =>
            {
                try
                {
                    await loop(ended.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (ended.IsCancellationRequested)
                {
                    // Stopped, or the other loop failed.
                }
                catch (Exception failure)
                {
                    _session.Fail(failure);
                    await ended.CancelAsync().ConfigureAwait(false);
                }
            },
            CancellationToken.None);
    }

    public async Task LeaveAsync()
    {
        if (_epoch <= MemberEpochs.Join)
        {
            return;
        }

        try
        {
            await SendAsync(
                new ConsumerHeartbeatCommand
                {
                    MemberId = _memberId,
                    InstanceId = _options.GroupInstanceId,
                    MemberEpoch = _options.GroupInstanceId is null ? MemberEpochs.Leave : MemberEpochs.LeaveForNow,
                    IsNative = true,
                },
                _link.Options.MetadataTimeout,
                CancellationToken.None).ConfigureAwait(false);
        }
        catch (StreamingException failure)
        {
            // The session timeout ends the membership then.
            LogLeaveFailed(_logger, _groupId, failure.Message);
        }

        _epoch = MemberEpochs.Join;
    }

    /// <summary>Reports what is finished and asks for the progress where that is needed; answers when it is committed.</summary>
    /// <exception cref="CommitFailedException">The group does not know this member, or not at this epoch.</exception>
    /// <exception cref="BrokerUnavailableException">The coordinator did not answer in time.</exception>
    public async Task ReportAsync(bool withProcessed, CancellationToken cancellationToken)
    {
        await _calls.WaitAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<TopicPartition, KeyedReport> reports = [];
        var isTaken = false;
        try
        {
            // As of the last heartbeat: a slot that was called back since it was wanted must not begin.
            _session.AssignSlots(Wanted(_wanted));
            reports = _session.TakeReports(withProcessed);
            if (reports.Count == 0)
            {
                return;
            }

            var command = new KeyProgressCommand
            {
                MemberId = _memberId,
                MemberEpoch = _epoch,
                Partitions =
                [
                    .. reports.Select(report => new FinishedPartition
                    {
                        Partition = new GroupTopicPartition(report.Key.Topic, report.Key.Partition),
                        Finished = report.Value.Finished,
                        StartOffset = report.Value.Start,
                    }),
                ],
            };
            var answer = await _coordinators.AskAsync(
                _groupId, group => group.ReportFinished(command), static answer => answer.Error, _link.Options.RequestTimeout, cancellationToken).ConfigureAwait(false);
            _session.NoteAnswer();
            Understand(answer.Error);
            isTaken = true;
            _session.ApplyProgress(reports, answer.Partitions);
        }
        finally
        {
            if (!isTaken)
            {
                _session.PutBack(reports);
            }

            _calls.Release();
        }
    }

    private void Understand(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.None:
                return;
            case ErrorCode.UnknownMemberId or ErrorCode.StaleMemberEpoch or ErrorCode.FencedMemberEpoch:
                _isLost |= error is ErrorCode.UnknownMemberId;
                _mustTellAll = true;
                _beatNow.Set();
                throw new CommitFailedException(
                    error,
                    $"Group '{_groupId}' has moved on without this member and does not take what it has finished ({ErrorTable.NameOf(error)}). Those records may be "
                    + "read again by others. Process faster, or raise the broker's group.consumer.session.timeout.ms, if this comes often.");
            default:
                throw Refusals.Of(error, null, $"Group '{_groupId}' did not take what is finished");
        }
    }

    /// <summary>Makes the session's slots what the group wants, again and again.</summary>
    private async Task SettleRepeatedlyAsync(CancellationToken stopping)
    {
        var woken = _session.KeyedNews.WaitAsync(stopping);
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                if (_isLost)
                {
                    await LoseAsync(stopping).ConfigureAwait(false);
                }

                await SettleAsync(stopping).ConfigureAwait(false);
            }
            catch (StreamingException failure) when (failure is CommitFailedException || failure.IsRetriable)
            {
                LogNotSettled(_logger, _groupId, failure.Message);
            }

            await Task.WhenAny(woken, Task.Delay(_interval, _link.Time, stopping)).ConfigureAwait(false);
            if (woken.IsCompleted)
            {
                woken = _session.KeyedNews.WaitAsync(stopping);
            }
        }
    }

    private async Task SettleAsync(CancellationToken stopping)
    {
        var slots = Wanted(_wanted);
        _session.AssignSlots(slots);
        var added = slots.Keys.Except(_session.Assignment).ToArray();
        if (added.Length > 0)
        {
            var committed = await _session.Offsets!.FetchAsync(added, stopping).ConfigureAwait(false);
            var starts = await Task.WhenAll(added.Select(async partition => (
                Partition: partition,
                Offset: committed.TryGetValue(partition, out var offset) ? offset : await _session.ResetAsync(partition, null, stopping).ConfigureAwait(false))))
                .ConfigureAwait(false);
            await _session.AddKeyedAsync(starts.ToDictionary(entry => entry.Partition, entry => entry.Offset), slots, stopping).ConfigureAwait(false);
        }

        var isManual = _options.CommitMode == CommitMode.Manual;
        if (_session.IsUnsettled || !isManual)
        {
            await ReportAsync(withProcessed: !isManual, stopping).ConfigureAwait(false);
        }

        await _session.RemoveAsync(_session.PartitionsWithoutSlots(), isLost: false, stopping).ConfigureAwait(false);
        if (OwnedNow().Hash != _lastOwned)
        {
            _beatNow.Set();
        }
    }

    private async Task LoseAsync(CancellationToken stopping)
    {
        await _session.RemoveAsync(_session.Assignment, isLost: true, stopping).ConfigureAwait(false);

        // An application that took too long takes part again when it is back.
        await _session.WhenHandsEmptyAsync(stopping).ConfigureAwait(false);
        _wanted = [];
        _epoch = MemberEpochs.Join;
        _mustTellAll = true;
        _isLost = false;
        _beatNow.Set();
    }

    private Dictionary<TopicPartition, HashSet<int>> Wanted(TopicPartitions[] wanted)
    {
        var image = _link.Image;
        var slots = new Dictionary<TopicPartition, HashSet<int>>();
        foreach (var units in wanted.Where(topic => image.TopicsById.ContainsKey(topic.TopicId)))
        {
            foreach (var unit in units.Partitions)
            {
                var (partition, slot) = KeySlots.FromUnit(unit);
                var key = new TopicPartition(image.TopicsById[units.TopicId].Name, partition);
                (slots.TryGetValue(key, out var known) ? known : slots[key] = []).Add(slot);
            }
        }

        return slots;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} did not take what is finished, or not say how far it is; tried again: {Reason}")]
    private static partial void LogNotSettled(ILogger logger, string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Group {Group} was not told that this member leaves; it will notice: {Reason}")]
    private static partial void LogLeaveFailed(ILogger logger, string group, string reason);
}
