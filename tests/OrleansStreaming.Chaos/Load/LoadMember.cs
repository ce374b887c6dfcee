using System.Diagnostics;
using System.Net.Sockets;
using OrleansStreaming.Chaos.Wire;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Chaos.Load;

/// <summary>
/// A member of a group that consumes nothing: joins, takes the partition of its place, heartbeats and commits it once a second, on a
/// connection of its own as a real consumer would.
/// </summary>
/// <param name="phase">
/// When in each second it commits. Members that were kept waiting for their group commit as far apart as ever: load that comes in
/// step is a fraction of the work.
/// </param>
internal sealed class LoadMember(string group, string topic, int partition, string[] brokers, TimeSpan phase, GroupLoadCount count)
{
    private static readonly TimeSpan _heartbeatInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(200);

    private string _id = "";
    private int _generation;
    private long _offset;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                using var coordinator = await WireConnection.ToCoordinatorAsync(brokers, group, stopping);
                if (coordinator is not null && await JoinAsync(coordinator, stopping))
                {
                    count.Joined();
                    try
                    {
                        await CommitAsync(coordinator, stopping);
                    }
                    finally
                    {
                        count.Left();
                    }
                }
                else
                {
                    await Task.Delay(_retryDelay, stopping);
                }
            }
            catch (Exception failure) when (failure is SocketException or IOException)
            {
                count.Failed(failure.GetType().Name);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private TimeSpan UntilPhase()
    {
        var left = (phase.Ticks - (DateTime.UtcNow.Ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond) % TimeSpan.TicksPerSecond;
        return TimeSpan.FromTicks(left);
    }

    private async Task<bool> JoinAsync(WireConnection coordinator, CancellationToken stopping)
    {
        var request = new JoinGroupRequest { GroupId = group, SessionTimeoutMs = 45_000, RebalanceTimeoutMs = 60_000, ProtocolType = "consumer", MemberId = _id };
        request.Protocols.Add(new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = new byte[20] });
        var joined = await coordinator.AskAsync<JoinGroupResponse>(request, 5, stopping);
        if (joined.ErrorCode == (short)ErrorCode.MemberIdRequired)
        {
            request.MemberId = joined.MemberId;
            joined = await coordinator.AskAsync<JoinGroupResponse>(request, 5, stopping);
        }

        _id = joined.ErrorCode == 0 ? joined.MemberId : "";
        if (joined.ErrorCode != 0)
        {
            count.Failed($"join: {(ErrorCode)joined.ErrorCode}");
            return false;
        }

        _generation = joined.GenerationId;
        var sync = new SyncGroupRequest { GroupId = group, GenerationId = _generation, MemberId = _id };
        if (joined.Leader == _id)
        {
            foreach (var member in joined.Members)
            {
                sync.Assignments.Add(new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = member.MemberId, Assignment = new byte[20] });
            }
        }

        var synced = await coordinator.AskAsync<SyncGroupResponse>(sync, 3, stopping);
        return synced.ErrorCode == 0;
    }

    /// <summary>Returns when the group rebalances.</summary>
    private async Task CommitAsync(WireConnection coordinator, CancellationToken stopping)
    {
        await Task.Delay(UntilPhase(), stopping);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var lastHeartbeat = Stopwatch.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stopping))
        {
            if (Stopwatch.GetElapsedTime(lastHeartbeat) >= _heartbeatInterval)
            {
                lastHeartbeat = Stopwatch.GetTimestamp();
                var beat = await coordinator.AskAsync<HeartbeatResponse>(
                    new HeartbeatRequest { GroupId = group, GenerationId = _generation, MemberId = _id }, 3, stopping);
                if (beat.ErrorCode != 0)
                {
                    return;
                }
            }

            var commit = new OffsetCommitRequest { GroupId = group, GenerationIdOrMemberEpoch = _generation, MemberId = _id };
            var offsets = new OffsetCommitRequest.OffsetCommitRequestTopic { Name = topic };
            offsets.Partitions.Add(new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = ++_offset, CommittedMetadata = "" });
            commit.Topics.Add(offsets);
            var sent = Stopwatch.GetTimestamp();
            var committed = await coordinator.AskAsync<OffsetCommitResponse>(commit, 7, stopping);
            var error = (ErrorCode)committed.Topics[0].Partitions[0].ErrorCode;
            if (error is ErrorCode.None)
            {
                count.Committed(Stopwatch.GetElapsedTime(sent));
            }
            else
            {
                count.Failed($"commit: {error}");
                return;
            }
        }
    }
}
