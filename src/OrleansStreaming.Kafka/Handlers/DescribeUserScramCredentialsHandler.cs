using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// DescribeUserScramCredentials: no user has any (KIP-554), so all users are none and a named one is RESOURCE_NOT_FOUND. The call
/// that would store some is not announced.
/// </summary>
internal sealed class DescribeUserScramCredentialsHandler()
    : ApiHandler<DescribeUserScramCredentialsRequest>(ApiKey.DescribeUserScramCredentials, new ApiVersionRange(0, 0))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeUserScramCredentialsRequest request)
    {
        var named = (request.Users ?? []).GroupBy(user => user.Name, StringComparer.Ordinal);
        return ValueTask.FromResult<IResponseMessage?>(new DescribeUserScramCredentialsResponse { Results = [.. named.Select(same => Answer(same.Key, same.Count() > 1))] });
    }

    private static DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult Answer(string user, bool isTwice) => new()
    {
        User = user,
        ErrorCode = (short)(isTwice ? ErrorCode.DuplicateResource : ErrorCode.ResourceNotFound),
        ErrorMessage = isTwice ? $"User {user} is named more than once." : $"User {user} has no SCRAM credentials.",
    };
}
