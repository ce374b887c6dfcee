namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>Counts events that a test waits for one by one. The limit only keeps a failing test from hanging.</summary>
internal sealed class Signal : IDisposable
{
    /// <summary>Longer than anything here takes on a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _events = new(0);

    public void Raise() => _events.Release();

    public async Task WaitAsync()
    {
        if (!await _events.WaitAsync(Limit))
        {
            throw new TimeoutException("What the test waits for did not happen.");
        }
    }

    public void Dispose() => _events.Dispose();
}
