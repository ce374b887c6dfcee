using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Admin;

/// <summary>Admin requests may name each of their subjects once; one that is named again is refused and left alone.</summary>
internal static class NamedOnce
{
    /// <summary>Runs a command for each subject, one after the other in the order of their first naming.</summary>
    /// <param name="what">The kind of subject, for the refusal.</param>
    public static async Task<List<(TKey Key, TopicCommandResult Result)>> RunAsync<T, TKey>(
        IEnumerable<T> items, Func<T, TKey> keyOf, string what, Func<T, Task<TopicCommandResult>> command)
    {
        var results = new List<(TKey, TopicCommandResult)>();
        foreach (var same in items.GroupBy(keyOf))
        {
            results.Add((same.Key, same.Count() > 1
                ? TopicCommandResult.Refused(ErrorCode.InvalidRequest, $"The {what} is named more than once in this request.")
                : await command(same.Single()).ConfigureAwait(false)));
        }

        return results;
    }
}
