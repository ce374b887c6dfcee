using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>AlterPartitionReassignments: starts, changes or cancels moves of partitions between brokers (KIP-455, KIP-860).</summary>
internal sealed class AlterPartitionReassignmentsHandler(PartitionAdministration partitions)
    : ApiHandler<AlterPartitionReassignmentsRequest>(ApiKey.AlterPartitionReassignments, new ApiVersionRange(0, 1))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, AlterPartitionReassignmentsRequest request)
    {
        var response = new AlterPartitionReassignmentsResponse { AllowReplicationFactorChange = request.AllowReplicationFactorChange };
        var asked = request.Topics.SelectMany(topic => topic.Partitions.Select(partition => new PartitionReassignment
        {
            Topic = topic.Name,
            Partition = partition.PartitionIndex,
            Replicas = partition.Replicas?.Select(replica => new BrokerId(replica)).ToArray(),
        })).ToArray();
        if (asked.DistinctBy(move => (move.Topic, move.Partition)).Count() != asked.Length)
        {
            response.ErrorCode = (short)ErrorCode.InvalidRequest;
            response.ErrorMessage = "A partition is named more than once in this request.";
            return response;
        }

        var command = new AlterReassignmentsCommand { Partitions = asked, AllowReplicationFactorChange = request.AllowReplicationFactorChange };
        var (error, outcomes) = await partitions.ReassignAsync(command, RequestTimeouts.Of(request.TimeoutMs), context.Closed).ConfigureAwait(false);
        response.ErrorCode = (short)error;
        foreach (var topic in outcomes.GroupBy(outcome => outcome.Topic, StringComparer.Ordinal))
        {
            response.Responses.Add(new AlterPartitionReassignmentsResponse.ReassignableTopicResponse
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(outcome => new AlterPartitionReassignmentsResponse.ReassignablePartitionResponse
                {
                    PartitionIndex = outcome.Partition,
                    ErrorCode = (short)outcome.Error,
                    ErrorMessage = outcome.ErrorMessage,
                })],
            });
        }

        return response;
    }
}
