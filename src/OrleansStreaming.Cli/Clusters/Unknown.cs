using System.Text.RegularExpressions;
using OrleansStreaming.Client;

namespace OrleansStreaming.Cli.Clusters;

/// <summary>What to say about names that the cluster does not know.</summary>
internal static partial class Unknown
{
    public static UnknownTopicException Topic(string topic) =>
        new(topic, PossibleName().IsMatch(topic)
            ? $"There is no topic '{topic}'. 'ostream topic list' shows those there are; 'ostream topic create {topic}' creates it."
            : $"There is no topic '{topic}', and cannot be: names have up to 249 letters, digits, '.', '_' and '-'. 'ostream topic list' shows those there are.");

    public static UnknownTopicException Partition(string topic, int partition, int count) =>
        new(topic, $"Topic '{topic}' has partitions 0 to {count - 1}, and no {partition}.");

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,249}\z")]
    private static partial Regex PossibleName();
}
