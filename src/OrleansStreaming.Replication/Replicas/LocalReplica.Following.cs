using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    /// <summary>
    /// A leader's word to this follower. Completed at once, except where the topic asks for a sync: then the answer follows it,
    /// and parts that come together share one.
    /// </summary>
    public ValueTask<ReplicateAnswer> Take(ReplicatePart part, BrokerId from)
    {
        ReplicateAnswer answer;
        bool isSyncDue;
        lock (_gate)
        {
            if (part.TopicId != TopicId)
            {
                return new(_machine.Answer(ErrorCode.UnknownTopicId));
            }

            var damage = _log.Corruption;
            var wasLeader = _machine.IsLeader;
            var end = _log.LogEnd;
            answer = _machine.Take(part, from);
            ReportWriteFault();
            if (wasLeader && !_machine.IsLeader)
            {
                Fail(ErrorCode.NotLeaderOrFollower);
            }
            else
            {
                _status = Look();
            }

            if (part.MayDrop && damage is not null)
            {
                LogDamageCut(_logger, Partition, damage.Message, end, _log.LogEnd);
            }
            else if (_log.LogEnd < end)
            {
                LogCut(_logger, Partition, end, _log.LogEnd, part.LeaderEpoch);
            }

            isSyncDue = _machine.IsSyncDue;
            if (!isSyncDue)
            {
                ArmFlushTimer();
            }
        }

        _metrics.Received(part.Records.Length);
        _waiters.Signal();
        return isSyncDue ? AnswerWhenSynced(part.LeaderEpoch, answer) : new(answer);
    }

    private async ValueTask<ReplicateAnswer> AnswerWhenSynced(LeaderEpoch epoch, ReplicateAnswer answer)
    {
        var error = await FlushAsync().ConfigureAwait(false);
        lock (_gate)
        {
            // A newer leader may have cut meanwhile what the answer speaks of.
            return _machine.Epoch != epoch ? _machine.Answer(ErrorCode.FencedLeaderEpoch) : error == ErrorCode.None ? answer : answer with { Error = error };
        }
    }
}
