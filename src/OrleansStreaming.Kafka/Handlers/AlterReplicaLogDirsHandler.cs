using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// AlterReplicaLogDirs: a broker has one data directory, so a replica is where it is wanted or cannot get there (KIP-113).
/// LOG_DIR_NOT_FOUND for another directory, REPLICA_NOT_AVAILABLE for a replica that is not on this broker.
/// </summary>
internal sealed class AlterReplicaLogDirsHandler(ILocalReplicas replicas)
    : ApiHandler<AlterReplicaLogDirsRequest>(ApiKey.AlterReplicaLogDirs, new ApiVersionRange(1, 2))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, AlterReplicaLogDirsRequest request)
    {
        var response = new AlterReplicaLogDirsResponse();
        var wanted = request.Dirs.SelectMany(directory => directory.Topics.Select(topic => (topic.Name, topic.Partitions, directory.Path)));
        foreach (var topic in wanted.GroupBy(topic => topic.Name, StringComparer.Ordinal))
        {
            response.Results.Add(new AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult
            {
                TopicName = topic.Key,
                Partitions = [.. topic.SelectMany(named => named.Partitions.Select(partition => new AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult
                {
                    PartitionIndex = partition,
                    ErrorCode = (short)Check(new TopicPartition(topic.Key, partition), named.Path),
                }))],
            });
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private ErrorCode Check(TopicPartition partition, string directory) =>
        Path.TrimEndingDirectorySeparator(directory) != Path.TrimEndingDirectorySeparator(replicas.DataDirectory) ? ErrorCode.LogDirNotFound
        : replicas.Find(partition) is null ? ErrorCode.ReplicaNotAvailable
        : ErrorCode.None;
}
