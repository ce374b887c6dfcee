using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// ListPartitionReassignments: the moves under way, of all topics or of the partitions named; what is not moving, or not there,
/// is left out (KIP-455). Answered from this broker's metadata.
/// </summary>
internal sealed class ListPartitionReassignmentsHandler(IClusterMetadata metadata)
    : ApiHandler<ListPartitionReassignmentsRequest>(ApiKey.ListPartitionReassignments, new ApiVersionRange(0, 0))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ListPartitionReassignmentsRequest request)
    {
        var image = metadata.Current;
        var asked = request.Topics is null
            ? image.Topics.Values.Select(topic => (topic, topic.Partitions.AsEnumerable()))
            : request.Topics
                .GroupBy(topic => topic.Name, StringComparer.Ordinal)
                .Where(same => image.Topics.ContainsKey(same.Key))
                .Select(same => (image.Topics[same.Key], Named(image.Topics[same.Key], same.SelectMany(topic => topic.PartitionIndexes))));
        var response = new ListPartitionReassignmentsResponse();
        foreach (var (topic, partitions) in asked)
        {
            var moving = partitions.Where(IsMoving).Select(Describe).ToList();
            if (moving.Count > 0)
            {
                response.Topics.Add(new ListPartitionReassignmentsResponse.OngoingTopicReassignment { Name = topic.Name, Partitions = moving });
            }
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private static IEnumerable<PartitionDescription> Named(TopicDescription topic, IEnumerable<int> indexes) =>
        indexes.Distinct().Where(index => (uint)index < (uint)topic.Partitions.Count).Select(index => topic.Partitions[index]);

    private static bool IsMoving(PartitionDescription partition) => partition.AddingReplicas.Count > 0 || partition.RemovingReplicas.Count > 0;

    private static ListPartitionReassignmentsResponse.OngoingPartitionReassignment Describe(PartitionDescription partition) => new()
    {
        PartitionIndex = partition.Partition,
        Replicas = [.. partition.Replicas.Select(replica => replica.Value)],
        AddingReplicas = [.. partition.AddingReplicas.Select(replica => replica.Value)],
        RemovingReplicas = [.. partition.RemovingReplicas.Select(replica => replica.Value)],
    };
}
