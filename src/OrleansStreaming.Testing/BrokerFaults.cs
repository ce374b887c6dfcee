using Orleans;

namespace OrleansStreaming.Testing;

/// <summary>
/// Faults on the way between this process's clients and the broker, for tests of what an application does then. Counted and
/// deterministic; any thread.
/// </summary>
public sealed class BrokerFaults : IIncomingGrainCallFilter
{
    private const string AppendMethod = "Append";
    private const string FetchMethod = "Fetch";

    private int _lostAppends;
    private int _lostAcknowledgements;
    private int _lostFetches;
    private volatile bool _isUnreachable;

    /// <summary>While true, no append and no fetch reaches the broker.</summary>
    public bool IsUnreachable
    {
        get => _isUnreachable;
        set => _isUnreachable = value;
    }

    /// <summary>The next <paramref name="count"/> batches are lost before they are written.</summary>
    public void LoseAppends(int count) => Volatile.Write(ref _lostAppends, count);

    /// <summary>The next <paramref name="count"/> batches are written, but their acknowledgement is lost: the case for idempotence.</summary>
    public void LoseAcknowledgements(int count) => Volatile.Write(ref _lostAcknowledgements, count);

    /// <summary>The next <paramref name="count"/> fetches fail.</summary>
    public void LoseFetches(int count) => Volatile.Write(ref _lostFetches, count);

    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var method = context.MethodName;
        if (method is not (AppendMethod or FetchMethod))
        {
            await context.Invoke();
            return;
        }

        if (_isUnreachable || TryTake(ref method is AppendMethod ? ref _lostAppends : ref _lostFetches))
        {
            throw new TimeoutException("The test cluster lost the request.");
        }

        await context.Invoke();
        if (method is AppendMethod && TryTake(ref _lostAcknowledgements))
        {
            throw new TimeoutException("The test cluster lost the answer.");
        }
    }

    private static bool TryTake(ref int count)
    {
        var left = Volatile.Read(ref count);
        while (left > 0)
        {
            var seen = Interlocked.CompareExchange(ref count, left - 1, left);
            if (seen == left)
            {
                return true;
            }

            left = seen;
        }

        return false;
    }
}
