using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>ListTransactions: none, since this broker coordinates none (KIP-664); filters by unknown states are told.</summary>
internal sealed class ListTransactionsHandler()
    : ApiHandler<ListTransactionsRequest>(ApiKey.ListTransactions, new ApiVersionRange(0, 2))
{
    private static readonly HashSet<string> _states = new(StringComparer.Ordinal)
    {
        "Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "Dead", "PrepareEpochFence",
    };

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ListTransactionsRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new ListTransactionsResponse
        {
            UnknownStateFilters = [.. request.StateFilters.Where(state => !_states.Contains(state))],
        });
}
