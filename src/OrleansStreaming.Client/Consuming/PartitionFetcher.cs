using System.Buffers;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

/// <summary>
/// Fetches one partition ahead of the application until it is revoked: from the replica itself when it is of this process and
/// leads, else by long-polling calls to its leader.
/// </summary>
internal sealed partial class PartitionFetcher(ConsumerSession session, PartitionState state, ILogger logger)
{
    private readonly ClusterLink _link = session.Link;
    private readonly ConsumerOptions _options = session.Options;
    private int _failures;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var seen = _link.Image.Version;
            try
            {
                if (session.PlanFetch(state) is not { } plan)
                {
                    await state.FetchSignal.WaitAsync(stopping).ConfigureAwait(false);
                    continue;
                }

                using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(stopping, plan.Cancelled);
                var (result, isPooled) = await FetchAsync(plan, cancelled.Token).ConfigureAwait(false);
                if (result.Error is ErrorCode.None)
                {
                    _failures = 0;
                    session.Accept(state, plan.Version, result, isPooled);
                    continue;
                }

                if (await IsHandledAsync(result.Error, plan, stopping).ConfigureAwait(false))
                {
                    session.NoteAnswer();
                    continue;
                }

                FailIfUnanswered(null);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                continue; // a seek
            }
            catch (StreamingException failure) when (!failure.IsRetriable)
            {
                // Goes on after a pause: the application may seek, or enumerate again.
                session.Fail(failure);
            }
            catch (Exception failure)
            {
                LogFetchFailed(logger, state.Partition, failure.Message);
                FailIfUnanswered(failure);
            }

            await _link.PauseAsync(_failures++, seen, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(FetchedRecords Result, bool IsPooled)> FetchAsync(FetchPlan plan, CancellationToken cancellationToken)
    {
        var place = _link.Find(state.Partition);
        var command = new FetchCommand
        {
            Offset = plan.Offset,
            MaxBytes = plan.MaxBytes,
            MinBytes = _options.MinFetchBytes,
            MaxWait = _options.MaxFetchWait,
            Isolation = _options.Isolation == Isolation.ReadCommitted ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted,
            TopicId = place?.Topic.Id ?? TopicId.None,
        };
        if (_link.LocalReplica(state.Partition) is { Status.IsLeader: true } local)
        {
            return (await ReplicaFetch.RunAsync(local, command, ArrayPool<byte>.Shared.Rent, _link.Time, cancellationToken).ConfigureAwait(false), true);
        }

        if (place is null || place.Value.Partition.Leader == BrokerId.None)
        {
            return (new FetchedRecords { Error = place is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.LeaderNotAvailable }, false);
        }

        var call = _link.Replica(state.Partition, place.Value.Partition.Leader).Fetch(command);
        return (await call.WaitAsync(_options.MaxFetchWait + _link.Options.RequestTimeout, _link.Time, cancellationToken).ConfigureAwait(false), false);
    }

    /// <summary>True when fetching goes on at once; false to pause first.</summary>
    private async Task<bool> IsHandledAsync(ErrorCode error, FetchPlan plan, CancellationToken stopping)
    {
        switch (error)
        {
            case ErrorCode.OffsetOutOfRange:
                LogOutOfRange(logger, state.Partition, plan.Offset);
                var offset = await session.ResetAsync(state.Partition, plan.Offset, stopping).ConfigureAwait(false);
                session.MoveIf(state, plan.Version, offset);
                return true;
            case ErrorCode.UnknownTopicOrPartition when session.IsGroupMember:
                return false; // the group's next assignment leaves it out
            case ErrorCode.UnknownTopicOrPartition:
                // Waits for the topic, and fails when it does not come back.
                await _link.TopicAsync(state.Partition.Topic, create: false, stopping).ConfigureAwait(false);
                return false;
            default:
                return ErrorTable.IsRetriable(error) || error is ErrorCode.InconsistentTopicId
                    ? false
                    : throw Refusals.Of(error, null, $"{state.Partition} cannot be read");
        }
    }

    private void FailIfUnanswered(Exception? cause)
    {
        if (session.UnansweredFor() >= _options.UnavailableTimeout)
        {
            session.Fail(Refusals.Unavailable($"The leader of {state.Partition} did not answer", _options.UnavailableTimeout, cause));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} could not be read and is tried again: {Reason}")]
    private static partial void LogFetchFailed(ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} has no offset {Offset} any more or yet; the offset reset applies")]
    private static partial void LogOutOfRange(ILogger logger, TopicPartition partition, Offset offset);
}

/// <summary>What to fetch next.</summary>
internal readonly record struct FetchPlan(Offset Offset, int MaxBytes, int Version, CancellationToken Cancelled);
