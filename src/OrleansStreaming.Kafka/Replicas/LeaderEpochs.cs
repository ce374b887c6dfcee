using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>Fencing by leader epoch (KIP-320).</summary>
internal static class LeaderEpochs
{
    /// <summary>
    /// Whether this replica may answer a client that believes in this epoch, -1 when it does not say. The epoch counts first: a
    /// client that is ahead of this replica must not be sent away from it.
    /// </summary>
    public static ErrorCode Check(ReplicaStatus status, int believed, bool onlyLeader) => Compare(believed, status.LeaderEpoch) switch
    {
        ErrorCode.None when onlyLeader && !status.IsLeader => ErrorCode.NotLeaderOrFollower,
        var compared => compared,
    };

    private static ErrorCode Compare(int believed, LeaderEpoch actual) => believed switch
    {
        < 0 => ErrorCode.None,
        _ when believed < actual.Value => ErrorCode.FencedLeaderEpoch,
        _ when believed > actual.Value => ErrorCode.UnknownLeaderEpoch,
        _ => ErrorCode.None,
    };
}
