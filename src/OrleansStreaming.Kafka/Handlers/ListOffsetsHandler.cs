using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ListOffsets: the first, last or a timed offset of partitions that this broker leads (KIP-79, KIP-734).</summary>
internal sealed class ListOffsetsHandler(IClusterMetadata metadata, ILocalReplicas replicas)
    : ApiHandler<ListOffsetsRequest>(ApiKey.ListOffsets, new ApiVersionRange(1, 8))
{
    private const long Latest = -1;
    private const long Earliest = -2;
    private const long MaxTimestamp = -3;
    private const long EarliestLocal = -4;
    private const short FirstWithLeaderEpoch = 4;
    private const short FirstWithOffsetNotAvailable = 5;
    private const short FirstWithMaxTimestamp = 7;
    private const short FirstWithEarliestLocal = 8;

    /// <summary>Tools that ask as this "replica" see the log end.</summary>
    private const int DebuggingReplica = -2;

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ListOffsetsRequest request)
    {
        var response = new ListOffsetsResponse();
        var repeated = request.Topics
            .SelectMany(topic => topic.Partitions.Select(asked => new TopicPartition(topic.Name, asked.PartitionIndex)))
            .GroupBy(partition => partition).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        foreach (var topic in request.Topics)
        {
            var answered = new ListOffsetsResponse.ListOffsetsTopicResponse { Name = topic.Name };
            response.Topics.Add(answered);
            foreach (var asked in topic.Partitions)
            {
                var partition = new TopicPartition(topic.Name, asked.PartitionIndex);
                answered.Partitions.Add(repeated.Contains(partition)
                    ? new() { PartitionIndex = asked.PartitionIndex, ErrorCode = (short)ErrorCode.InvalidRequest }
                    : Answer(partition, asked, request, context.Version));
            }
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse Answer(
        TopicPartition partition, ListOffsetsRequest.ListOffsetsPartition asked, ListOffsetsRequest request, short version)
    {
        var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = asked.PartitionIndex };
        if (replicas.Find(partition) is not { } replica)
        {
            answer.ErrorCode = (short)Topics.WhyNotHere(metadata.Current, partition);
            return answer;
        }

        var status = replica.Status;
        if (LeaderEpochs.Check(status, asked.CurrentLeaderEpoch, onlyLeader: request.ReplicaId != DebuggingReplica) is var refusal and not ErrorCode.None)
        {
            answer.ErrorCode = (short)refusal;
            return answer;
        }

        var isolation = request.ReplicaId == DebuggingReplica ? ReadIsolation.LogEnd
            : (ReadIsolation)request.IsolationLevel is ReadIsolation.ReadCommitted ? ReadIsolation.ReadCommitted
            : ReadIsolation.ReadUncommitted;
        if (!IsSupported(version, asked.Timestamp))
        {
            answer.ErrorCode = (short)ErrorCode.UnsupportedVersion;
            return answer;
        }

        var found = Find(replica, status, asked.Timestamp, isolation);
        if ((found is null || asked.Timestamp == Latest) && IsBehind(replica, status, isolation))
        {
            // What is not found by time may only be not committed yet.
            answer.ErrorCode = (short)(version >= FirstWithOffsetNotAvailable ? ErrorCode.OffsetNotAvailable : ErrorCode.LeaderNotAvailable);
        }
        else if (found is { } offset)
        {
            answer.Timestamp = offset.Timestamp;
            answer.Offset = offset.Offset.Value;
            answer.LeaderEpoch = version >= FirstWithLeaderEpoch ? offset.LeaderEpoch.Value : -1;
        }

        return answer;
    }

    /// <summary>
    /// A new leader has not yet committed anything of its own epoch: an offset that its predecessor told may be above the high
    /// watermark it knows, and offsets would seem to go backwards (KIP-207).
    /// </summary>
    private static bool IsBehind(ILocalReplica replica, ReplicaStatus status, ReadIsolation isolation) =>
        status.IsLeader && isolation is not ReadIsolation.LogEnd
        && status.HighWatermark < status.LogEnd && replica.EpochAt(status.HighWatermark) < status.LeaderEpoch;

    private static bool IsSupported(short version, long timestamp) => timestamp switch
    {
        MaxTimestamp => version >= FirstWithMaxTimestamp,
        EarliestLocal => version >= FirstWithEarliestLocal,
        _ => timestamp > EarliestLocal,
    };

    private static Offset End(ReplicaStatus status, ReadIsolation isolation) => isolation switch
    {
        ReadIsolation.ReadCommitted => status.LastStable,
        ReadIsolation.ReadUncommitted => status.HighWatermark,
        _ => status.LogEnd,
    };

    private static TimestampedOffset? Find(ILocalReplica replica, ReplicaStatus status, long timestamp, ReadIsolation isolation) => timestamp switch
    {
        Latest => new TimestampedOffset(-1, End(status, isolation), status.LeaderEpoch),
        Earliest or EarliestLocal => new TimestampedOffset(-1, status.LogStart, replica.EpochAt(status.LogStart)),
        MaxTimestamp => replica.FindMaxTimestamp() is { } latest && latest.Offset < End(status, isolation) ? latest : null,
        _ => replica.FindByTimestamp(timestamp, isolation),
    };
}
