using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeLogDirs: this broker's one data directory and the sizes of its replicas (KIP-113).</summary>
internal sealed class DescribeLogDirsHandler(ILocalReplicas replicas)
    : ApiHandler<DescribeLogDirsRequest>(ApiKey.DescribeLogDirs, new ApiVersionRange(0, 5))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeLogDirsRequest request)
    {
        var wanted = request.Topics?
            .GroupBy(topic => topic.Topic, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.SelectMany(topic => topic.Partitions).ToHashSet(), StringComparer.Ordinal);
        var (total, usable) = replicas.Volume;
        var directory = new DescribeLogDirsResponse.DescribeLogDirsResult { LogDir = replicas.DataDirectory, TotalBytes = total, UsableBytes = usable };
        foreach (var topic in replicas.All.Where(IsWanted).GroupBy(replica => replica.Partition.Topic, StringComparer.Ordinal))
        {
            directory.Topics.Add(new DescribeLogDirsResponse.DescribeLogDirsTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.OrderBy(replica => replica.Partition.Partition).Select(Describe)],
            });
        }

        var response = new DescribeLogDirsResponse();
        response.Results.Add(directory);
        return ValueTask.FromResult<IResponseMessage?>(response);

        bool IsWanted(ILocalReplica replica) =>
            wanted is null || (wanted.TryGetValue(replica.Partition.Topic, out var partitions) && partitions.Contains(replica.Partition.Partition));
    }

    private static DescribeLogDirsResponse.DescribeLogDirsPartition Describe(ILocalReplica replica)
    {
        var status = replica.Status;
        return new DescribeLogDirsResponse.DescribeLogDirsPartition
        {
            PartitionIndex = replica.Partition.Partition,
            PartitionSize = replica.SizeInBytes,
            OffsetLag = status.IsLeader ? 0 : Math.Max(0, status.HighWatermark - status.LogEnd),
        };
    }
}
