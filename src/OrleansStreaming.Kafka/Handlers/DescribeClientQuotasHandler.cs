using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// DescribeClientQuotas: there are none (KIP-546), so every filter that makes sense finds nothing. The call that would set some is
/// not announced.
/// </summary>
internal sealed class DescribeClientQuotasHandler()
    : ApiHandler<DescribeClientQuotasRequest>(ApiKey.DescribeClientQuotas, new ApiVersionRange(0, 1))
{
    private const sbyte Exact = 0;
    private const sbyte Default = 1;
    private const sbyte Specified = 2;

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, DescribeClientQuotasRequest request)
    {
        var (error, message) = Check(request.Components);
        return ValueTask.FromResult<IResponseMessage?>(new DescribeClientQuotasResponse
        {
            ErrorCode = (short)error,
            ErrorMessage = message,
            Entries = error is ErrorCode.None ? [] : null,
        });
    }

    private static (ErrorCode Error, string? Message) Check(List<DescribeClientQuotasRequest.ComponentData> components)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in components)
        {
            if (component.EntityType is not ("user" or "client-id" or "ip"))
            {
                return component.EntityType.Length == 0
                    ? (ErrorCode.InvalidRequest, "An entity type is empty.")
                    : (ErrorCode.UnsupportedVersion, $"There is no entity type '{component.EntityType}': these are user, client-id and ip.");
            }

            if (!types.Add(component.EntityType))
            {
                return (ErrorCode.InvalidRequest, $"The entity type '{component.EntityType}' is named more than once.");
            }

            if (component.MatchType is not (Exact or Default or Specified))
            {
                return (ErrorCode.InvalidRequest, $"There is no match type {component.MatchType}.");
            }

            if (component.MatchType == Exact != component.Match is not null)
            {
                return (ErrorCode.InvalidRequest, "A name goes with an exact match, and with no other.");
            }
        }

        return types.Contains("ip") && types.Count > 1
            ? (ErrorCode.InvalidRequest, "An ip goes with neither a user nor a client-id.")
            : default;
    }
}
