using OrleansStreaming.Client;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>Tries a call again while it fails for a passing reason and time is left; the last failure is the one told.</summary>
internal sealed class Retries(KafkaOptions options)
{
    public Task<T> RunAsync<T>(Func<Task<T>> attempt, CancellationToken cancellationToken) =>
        RunAsync(attempt, options.Timeout, cancellationToken);

    /// <param name="patience">After this, the next failure is told.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = options.Time.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (StreamingException failure) when (IsPassing(failure) && options.Time.GetElapsedTime(began) + Pause(tries) < PatienceFor(failure, patience))
            {
                await WaitAsync(tries, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The pause after so many tries: doubling, without chance, since one tool alone makes no stampede.</summary>
    public Task WaitAsync(int tries, CancellationToken cancellationToken) => Task.Delay(Pause(tries), options.Time, cancellationToken);

    private static bool IsPassing(StreamingException failure) => failure.IsRetriable || failure is BrokerUnavailableException;

    /// <summary>A topic that is not there is most often a name mistyped.</summary>
    private TimeSpan PatienceFor(StreamingException failure, TimeSpan patience) =>
        failure is UnknownTopicException && options.TopicPatience < patience ? options.TopicPatience : patience;

    private TimeSpan Pause(int tries)
    {
        var pause = options.RetryBackoff * Math.Pow(2, Math.Min(tries, 10));
        return pause < options.RetryBackoffMax ? pause : options.RetryBackoffMax;
    }
}
