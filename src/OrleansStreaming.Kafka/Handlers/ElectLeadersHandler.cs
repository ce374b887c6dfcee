using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// ElectLeaders: the preferred leader (v0 knows no other kind), or any replica where there is no leader (KIP-460). When all
/// partitions are asked for, those that needed no election are left out of the answer.
/// </summary>
internal sealed class ElectLeadersHandler(PartitionAdministration partitions)
    : ApiHandler<ElectLeadersRequest>(ApiKey.ElectLeaders, new ApiVersionRange(0, 2))
{
    private const sbyte Preferred = 0;
    private const sbyte Unclean = 1;
    private const short FirstWithError = 1;

    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ElectLeadersRequest request)
    {
        var named = request.TopicPartitions?
            .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))
            .Distinct()
            .ToArray();
        if (request.ElectionType is not (Preferred or Unclean))
        {
            return Refuse(context, named, ErrorCode.InvalidRequest);
        }

        var command = new ElectLeadersCommand { IsUnclean = request.ElectionType == Unclean, Partitions = named };
        var (error, outcomes) = await partitions.ElectAsync(command, RequestTimeouts.Of(request.TimeoutMs), context.Closed).ConfigureAwait(false);
        return error is not ErrorCode.None
            ? Refuse(context, named, error)
            : Answer(named is null ? outcomes.Where(outcome => outcome.Error is not ErrorCode.ElectionNotNeeded) : outcomes);
    }

    /// <summary>v0 has no error of its own, so each partition carries it too.</summary>
    private static ElectLeadersResponse Refuse(RequestContext context, TopicPartition[]? named, ErrorCode error)
    {
        var response = Answer((named ?? []).Select(partition => new PartitionOutcome { Topic = partition.Topic, Partition = partition.Partition, Error = error }));
        response.ErrorCode = context.Version >= FirstWithError ? (short)error : (short)ErrorCode.None;
        return response;
    }

    private static ElectLeadersResponse Answer(IEnumerable<PartitionOutcome> outcomes)
    {
        var response = new ElectLeadersResponse();
        foreach (var topic in outcomes.GroupBy(outcome => outcome.Topic, StringComparer.Ordinal))
        {
            response.ReplicaElectionResults.Add(new ElectLeadersResponse.ReplicaElectionResult
            {
                Topic = topic.Key,
                PartitionResult = [.. topic.Select(outcome => new ElectLeadersResponse.PartitionResult
                {
                    PartitionId = outcome.Partition,
                    ErrorCode = (short)outcome.Error,
                    ErrorMessage = outcome.ErrorMessage,
                })],
            });
        }

        return response;
    }
}
