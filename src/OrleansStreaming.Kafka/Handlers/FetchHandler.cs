using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Fetching;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// Fetch with long poll: answers when min_bytes are there, when something must be told at once, or when max_wait is over.
/// Sessions are not offered: answers carry session id 0, which clients take as "none" (KIP-227).
/// </summary>
internal sealed class FetchHandler(IClusterMetadata metadata, ILocalReplicas replicas, BrokerSettings settings, TimeProvider time)
    : ApiHandler<FetchRequest>(ApiKey.Fetch, new ApiVersionRange(4, 17))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, FetchRequest request)
    {
        if (request.SessionEpoch > 0)
        {
            return new FetchResponse { ErrorCode = (short)ErrorCode.FetchSessionIdNotFound };
        }

        var round = NewRound(context, request);
        var response = round.Run();
        if (!MustWait(request, round))
        {
            return Send(context, round, response);
        }

        context.ReleaseInput();
        using var wait = new FetchWait(round.Watched, TimeSpan.FromMilliseconds(request.MaxWaitMs), time, context.Closed);
        while (true)
        {
            // Armed before looking, so that a move between the look and the wait is not missed.
            wait.Arm();
            round.Discard();
            round = NewRound(context, request);
            response = round.Run();
            if (!MustWait(request, round) || wait.IsOver)
            {
                return Send(context, round, response);
            }

            await wait.NextAsync().ConfigureAwait(false);
        }
    }

    private static bool MustWait(FetchRequest request, FetchRound round) =>
        request.MaxWaitMs > 0 && round.Bytes < request.MinBytes && !round.IsUrgent && round.Watched.Count > 0;

    private FetchRound NewRound(RequestContext context, FetchRequest request) =>
        new(request, context.Version, metadata.Current, replicas, Math.Min(request.MaxBytes, settings.Int("fetch.max.bytes")));

    private static FetchResponse Send(RequestContext context, FetchRound round, FetchResponse response)
    {
        foreach (var source in round.Sources)
        {
            context.Own(source);
        }

        return response;
    }
}
