using System.Text.RegularExpressions;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// ApiVersions: what the endpoint serves, and which features that amounts to. A version it does not know is answered in v0 with UNSUPPORTED_VERSION and its own
/// range, from which clients step down (KIP-511).
/// </summary>
internal sealed partial class ApiVersionsHandler() : ApiHandler<ApiVersionsRequest>(ApiKey.ApiVersions, new ApiVersionRange(0, 4))
{
    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, ApiVersionsRequest request)
    {
        if (!Versions.Serves(context.Version))
        {
            context.AnswerVersion = 0;
            var range = new ApiVersionsResponse { ErrorCode = (short)ErrorCode.UnsupportedVersion };
            range.ApiKeys.Add(Announce(this));
            return ValueTask.FromResult<IResponseMessage?>(range);
        }

        if (context.Version >= 3)
        {
            if (!SoftwarePattern().IsMatch(request.ClientSoftwareName) || !SoftwarePattern().IsMatch(request.ClientSoftwareVersion))
            {
                return ValueTask.FromResult<IResponseMessage?>(new ApiVersionsResponse { ErrorCode = (short)ErrorCode.InvalidRequest });
            }

            context.Client.SoftwareName = request.ClientSoftwareName;
            context.Client.SoftwareVersion = request.ClientSoftwareVersion;
        }

        var response = new ApiVersionsResponse();
        foreach (var handler in context.Apis.Handlers)
        {
            response.ApiKeys.Add(Announce(handler));
        }

        AddFeatures(response);
        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private static void AddFeatures(ApiVersionsResponse response)
    {
        response.FinalizedFeaturesEpoch = 0;
        foreach (var (name, level) in FeatureLevels.All)
        {
            response.SupportedFeatures.Add(new ApiVersionsResponse.SupportedFeatureKey { Name = name, MinVersion = 0, MaxVersion = level });
            response.FinalizedFeatures.Add(new ApiVersionsResponse.FinalizedFeatureKey { Name = name, MinVersionLevel = level, MaxVersionLevel = level });
        }
    }

    private static ApiVersionsResponse.ApiVersion Announce(IApiHandler handler) => new()
    {
        ApiKey = (short)handler.Key,
        MinVersion = handler.Versions.Lowest,
        MaxVersion = handler.Versions.Highest,
    };

    [GeneratedRegex(@"\A[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z")]
    private static partial Regex SoftwarePattern();
}
