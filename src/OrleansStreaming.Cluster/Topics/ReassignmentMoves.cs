using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>Kafka's checks of one move, then the move. Whether its brokers are registered is the controller's to check. Pure.</summary>
internal static class ReassignmentMoves
{
    public static (ErrorCode Error, string? Message, PartitionState? Partition) Decide(
        PartitionState partition, PartitionReassignment move, LivingBrokers living, PartitionRules rules, bool allowReplicationFactorChange)
    {
        if (move.Replicas is not { } wished)
        {
            return Reassignments.Cancel(partition, living, rules);
        }

        var target = Array.ConvertAll(wished, broker => broker.Value);
        if (target.Length == 0)
        {
            return (ErrorCode.InvalidReplicaAssignment, "A partition was assigned no replica.", null);
        }

        if (target.Distinct().Count() != target.Length)
        {
            return (ErrorCode.InvalidReplicaAssignment, $"The assignment [{string.Join(',', target)}] names a broker more than once.", null);
        }

        var present = partition.Replicas.Length - partition.Adding.Length;
        return !allowReplicationFactorChange && target.Length != present
            ? (ErrorCode.InvalidReplicationFactor, $"The partition has {present} replicas and the assignment [{string.Join(',', target)}] {target.Length}.", null)
            : (ErrorCode.None, null, Reassignments.Begin(partition, target, living, rules));
    }
}
