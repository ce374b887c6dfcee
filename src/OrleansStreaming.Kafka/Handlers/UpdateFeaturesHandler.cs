using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// UpdateFeatures: a feature that is to have the level it has is fine, any other is INVALID_UPDATE_VERSION, since levels here do not
/// change (KIP-584). All or none; version 2 tells the first refusal alone.
/// </summary>
internal sealed class UpdateFeaturesHandler()
    : ApiHandler<UpdateFeaturesRequest>(ApiKey.UpdateFeatures, new ApiVersionRange(0, 2))
{
    private const short FirstWithoutResults = 2;

    protected override ValueTask<IResponseMessage?> HandleAsync(RequestContext context, UpdateFeaturesRequest request)
    {
        var refusals = request.FeatureUpdates.ConvertAll(update => Refusal(update));
        var first = refusals.Find(refusal => refusal is not null);
        var response = new UpdateFeaturesResponse();
        if (request.FeatureUpdates.DistinctBy(update => update.Feature, StringComparer.Ordinal).Count() != request.FeatureUpdates.Count)
        {
            (response.ErrorCode, response.ErrorMessage) = ((short)ErrorCode.InvalidRequest, "A feature is named more than once.");
        }
        else if (context.Version >= FirstWithoutResults)
        {
            (response.ErrorCode, response.ErrorMessage) = ((short)(first is null ? ErrorCode.None : ErrorCode.InvalidUpdateVersion), first);
        }
        else
        {
            response.Results = [.. request.FeatureUpdates.Zip(refusals, (update, refusal) => Answer(update.Feature, refusal))];
        }

        return ValueTask.FromResult<IResponseMessage?>(response);
    }

    private static UpdateFeaturesResponse.UpdatableFeatureResult Answer(string feature, string? refusal) => new()
    {
        Feature = feature,
        ErrorCode = (short)(refusal is null ? ErrorCode.None : ErrorCode.InvalidUpdateVersion),
        ErrorMessage = refusal,
    };

    private static string? Refusal(UpdateFeaturesRequest.FeatureUpdateKey update) =>
        FeatureLevels.All.FirstOrDefault(feature => feature.Name == update.Feature) is not { Name: not null } known
            ? $"There is no feature '{update.Feature}' here."
            : known.Level != update.MaxVersionLevel ? $"The feature '{known.Name}' has level {known.Level}, which does not change." : null;
}
