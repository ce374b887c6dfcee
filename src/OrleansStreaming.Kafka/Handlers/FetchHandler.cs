using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Fetching;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// Fetch with long poll: answers when min_bytes are there, when something must be told at once, or when max_wait is over. With
/// sessions (KIP-227), and from followers in the client's rack (KIP-392).
/// </summary>
internal sealed class FetchHandler(
    IClusterMetadata metadata, ILocalReplicas replicas, BrokerSettings settings, FetchSessions sessions, NearestReplica nearest, TimeProvider time)
    : ApiHandler<FetchRequest>(ApiKey.Fetch, new ApiVersionRange(4, 17))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, FetchRequest request)
    {
        var (scope, error) = sessions.Enter(request, context.Version);
        if (scope is null)
        {
            return FetchAnswer.Refuse(error);
        }

        var round = Look(context, request, scope);
        if (!MustWait(request, round))
        {
            return Send(context, round, scope);
        }

        context.ReleaseInput();
        using var wait = new FetchWait(round.Watched, TimeSpan.FromMilliseconds(request.MaxWaitMs), time, context.Closed);
        while (true)
        {
            // Armed before looking, so that a move between the look and the wait is not missed.
            wait.Arm();
            round.Discard();
            round = Look(context, request, scope);
            if (!MustWait(request, round) || wait.IsOver)
            {
                return Send(context, round, scope);
            }

            await wait.NextAsync().ConfigureAwait(false);
        }
    }

    private bool MustWait(FetchRequest request, FetchRound round) =>
        request.MaxWaitMs > 0 && round.Bytes < Math.Min(request.MinBytes, MaxBytes(request)) && !round.IsUrgent && round.Watched.Count > 0;

    private FetchRound Look(RequestContext context, FetchRequest request, FetchScope scope)
    {
        var round = new FetchRound(request, context.Version, metadata.Current, replicas, nearest, MaxBytes(request));
        round.Run(scope.Targets);
        return round;
    }

    private int MaxBytes(FetchRequest request) => Math.Min(request.MaxBytes, settings.Int("fetch.max.bytes"));

    private static FetchResponse Send(RequestContext context, FetchRound round, FetchScope scope)
    {
        foreach (var source in round.Sources)
        {
            context.Own(source);
        }

        var (sessionId, isCurrent) = scope.Settle(round.Found);
        return isCurrent ? FetchAnswer.Of(round, sessionId) : FetchAnswer.Refuse(ErrorCode.InvalidFetchSessionEpoch, sessionId);
    }
}
