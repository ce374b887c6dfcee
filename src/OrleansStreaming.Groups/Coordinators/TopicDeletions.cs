using System.Runtime.CompilerServices;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>Follows the metadata for topics that disappear, or come back as others of the same name.</summary>
internal static class TopicDeletions
{
    /// <summary>The names that are gone, as often as some are; ends with the token.</summary>
    public static async IAsyncEnumerable<IReadOnlySet<string>> FollowAsync(
        IClusterMetadata metadata, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var before = metadata.Current; ;)
        {
            try
            {
                await metadata.WaitForVersionAsync(before.Version + 1, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }

            var after = metadata.Current;
            var gone = before.Topics.Values
                .Where(topic => after.Topics.GetValueOrDefault(topic.Name)?.Id != topic.Id)
                .Select(topic => topic.Name)
                .ToHashSet(StringComparer.Ordinal);
            before = after;
            if (gone.Count > 0)
            {
                yield return gone;
            }
        }
    }
}
