using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Topics;

/// <summary>
/// Asks brokers where their replicas of a topic end. Who is up and does not answer is asked again with the next election, for a
/// while; then it is done without. For one grain, in its turns.
/// </summary>
internal sealed class EndsInquiry(BrokerCalls brokers, TimeProvider time)
{
    /// <summary>A broker that hangs is declared dead long before, and then awaited; one that neither answers nor dies holds nobody up for ever.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private long? _since;

    public async Task<TopicEnds> AskAsync(TopicId topic, int[] asked, LivingBrokers living)
    {
        _since ??= time.GetTimestamp();
        var answers = new Dictionary<int, ReplicaEnds>();
        foreach (var (broker, ends) in await brokers.AskEndsAsync(topic, asked))
        {
            // What an earlier process of the broker had, this one may lack.
            if (living.IsSameProcess(broker, ends.BrokerEpoch))
            {
                answers[broker] = ends;
            }
        }

        var isFinal = answers.Count == asked.Length || time.GetElapsedTime(_since.Value) > Patience;
        _since = isFinal ? null : _since;
        return new TopicEnds(answers, isFinal);
    }
}
