using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// FindCoordinator: the broker that leads a group's partition of the offsets topic, which is created on first need. Transactions
/// have no coordinator yet, and share groups none here: both are refused for good, since a client takes "not available" as
/// "ask again" and would do so until its own patience ends. librdkafka, which knows no version above 2, does so on every error but
/// that of a transactional id that it may not use.
/// </summary>
internal sealed class FindCoordinatorHandler(IClusterMetadata metadata, OffsetsTopicCreation offsetsTopic)
    : ApiHandler<FindCoordinatorRequest>(ApiKey.FindCoordinator, new ApiVersionRange(0, 6))
{
    private const sbyte GroupKey = 0;
    private const sbyte TransactionKey = 1;
    private const short FirstForMany = 4;

    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        if (context.Version >= FirstForMany)
        {
            var many = new FindCoordinatorResponse();
            foreach (var key in request.CoordinatorKeys)
            {
                many.Coordinators.Add(await FindAsync(context, request.KeyType, key).ConfigureAwait(false));
            }

            return many;
        }

        var found = await FindAsync(context, request.KeyType, request.Key).ConfigureAwait(false);
        return new FindCoordinatorResponse
        {
            ErrorCode = found.ErrorCode,
            ErrorMessage = found.ErrorMessage,
            NodeId = found.NodeId,
            Host = found.Host,
            Port = found.Port,
        };
    }

    private async Task<FindCoordinatorResponse.Coordinator> FindAsync(RequestContext context, sbyte keyType, string key)
    {
        switch (keyType)
        {
            case GroupKey:
                break;
            case TransactionKey:
                var error = context.Version >= FirstForMany ? ErrorCode.UnsupportedVersion : ErrorCode.TransactionalIdAuthorizationFailed;
                return Refuse(key, error, "This broker has no transactions.");
            default:
                return Refuse(key, ErrorCode.InvalidRequest, $"Unknown coordinator type {keyType}.");
        }

        var topic = await offsetsTopic.EnsureAsync(context.Closed).ConfigureAwait(false);
        if (topic?.Partitions[OffsetsTopic.PartitionOf(key, topic.Partitions.Count)].Leader is not { } leader
            || !metadata.Current.Brokers.TryGetValue(leader, out var broker)
            || !broker.IsAlive)
        {
            return Refuse(key, ErrorCode.CoordinatorNotAvailable, "The group's partition has no leader now.");
        }

        return new FindCoordinatorResponse.Coordinator { Key = key, NodeId = broker.Id.Value, Host = broker.Host, Port = broker.Port, ErrorMessage = "" };
    }

    private static FindCoordinatorResponse.Coordinator Refuse(string key, ErrorCode error, string message) =>
        new() { Key = key, NodeId = -1, Port = -1, ErrorCode = (short)error, ErrorMessage = message };
}
