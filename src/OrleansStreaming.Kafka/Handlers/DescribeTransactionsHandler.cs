using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>DescribeTransactions: TRANSACTIONAL_ID_NOT_FOUND, since this broker coordinates none (KIP-664).</summary>
internal sealed class DescribeTransactionsHandler()
    : ApiHandler<DescribeTransactionsRequest>(ApiKey.DescribeTransactions, new ApiVersionRange(0, 0))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeTransactionsRequest request) =>
        ValueTask.FromResult<IResponseMessage?>(new DescribeTransactionsResponse
        {
            TransactionStates = request.TransactionalIds.ConvertAll(id => new DescribeTransactionsResponse.TransactionStateData
            {
                TransactionalId = id,
                ErrorCode = (short)ErrorCode.TransactionalIdNotFound,
            }),
        });
}
