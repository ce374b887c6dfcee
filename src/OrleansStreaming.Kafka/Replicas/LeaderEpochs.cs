using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Replicas;

/// <summary>Fencing by leader epoch (KIP-320).</summary>
internal static class LeaderEpochs
{
    /// <summary>Compares the epoch a client believes in, -1 when it does not say, with the leader's own.</summary>
    public static ErrorCode Check(int believed, LeaderEpoch actual) => believed switch
    {
        < 0 => ErrorCode.None,
        _ when believed < actual.Value => ErrorCode.FencedLeaderEpoch,
        _ when believed > actual.Value => ErrorCode.UnknownLeaderEpoch,
        _ => ErrorCode.None,
    };
}
