using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

internal sealed partial class ConsumerSession
{
    private PartitionState? _inHand;
    private int _inHandVersion;
    private Offset _inHandNext;
    private long _handedOut;
    private bool _isHeld;
    private TaskCompletionSource? _handsEmpty;

    /// <summary>Grows with every record or batch handed out; standing still while something is in hand, the application is busy.</summary>
    public (long Count, bool IsInHand) Progress()
    {
        lock (_gate)
        {
            return (_handedOut, _inHand is not null);
        }
    }

    /// <summary>A partition that has something to hand out, each in turn; waits for one.</summary>
    public async ValueTask<PartitionState> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_failure is not null)
                {
                    // Told once: enumerating again may go better.
                    var failure = _failure;
                    _failure = null;
                    throw failure;
                }

                for (var i = 0; !_isHeld && i < _order.Count; i++)
                {
                    var state = _order[(_turn + i) % _order.Count];
                    if (state.IsReady)
                    {
                        _turn = (_turn + i + 1) % _order.Count;
                        return state;
                    }
                }
            }

            await _arrival.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The next chunk of the partition, when the one that is being read belongs to this life of it or there is another; null when
    /// there is nothing.
    /// </summary>
    public FetchedChunk? TakeChunk(PartitionState state)
    {
        lock (_gate)
        {
            if (state.Current is not null && state.CurrentVersion == state.Version)
            {
                return state.Current;
            }

            state.Current?.Release();
            state.Current = null;
            state.Leftover = null;
            if (state.IsRevoked || !state.Chunks.TryDequeue(out var chunk))
            {
                return null;
            }

            state.QueuedBytes -= chunk.Length;
            state.CurrentVersion = state.Version;
            state.Current = chunk;
            state.FetchSignal.Set();
            return chunk;
        }
    }

    /// <summary>All batches of the current chunk are decoded.</summary>
    public void EndChunk(PartitionState state)
    {
        lock (_gate)
        {
            state.Current?.Release();
            state.Current = null;
        }
    }

    /// <summary>Whether what was decoded of a partition may be handed out: not after a seek, a pause, or during a rebalance.</summary>
    /// <param name="state">The partition.</param>
    /// <param name="next">The offset behind what is handed out.</param>
    /// <param name="slots">What is handed out, where the partition is shared; not looked at else.</param>
    public bool TryHandOut(PartitionState state, Offset next, params ReadOnlySpan<(Offset Offset, int Slot)> slots)
    {
        lock (_gate)
        {
            if (_isHeld || state.IsPaused || state.IsRevoked || state.CurrentVersion != state.Version || (state.Keyed is not null && !TryHandOutKeyed(state, slots)))
            {
                return false;
            }

            state.Position = next;
            (_inHand, _inHandVersion, _inHandNext) = (state, state.Version, next);
            _handedOut++;
            return true;
        }
    }

    /// <summary>The application is done with what it had.</summary>
    public void TakeBack(bool isProcessed)
    {
        TaskCompletionSource? handsEmpty;
        lock (_gate)
        {
            if (_inHand is { } state && isProcessed)
            {
                state.Processed = state.Version == _inHandVersion ? _inHandNext : state.Processed;
                FinishInHand();
            }

            _inHand = null;
            handsEmpty = _handsEmpty;
            _handsEmpty = null;
        }

        handsEmpty?.TrySetResult();
    }

    /// <summary>Passes over what is not to be handed out at all, up to an offset. Nothing of the partition is in hand.</summary>
    /// <returns>False when a shared partition may not be read so far yet.</returns>
    public bool Skip(PartitionState state, Offset next)
    {
        lock (_gate)
        {
            if (state.CurrentVersion != state.Version)
            {
                return true;
            }

            if (state.Keyed is { } keyed && !keyed.TryPass(next))
            {
                KeyedNews.Set();
                return false;
            }

            if (next > state.Position)
            {
                state.Position = state.Processed = next;
            }

            return true;
        }
    }

    /// <summary>Completes when the application has nothing in hand.</summary>
    public async Task WhenHandsEmptyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await HoldAsync(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>
    /// Hands out nothing any more and waits until the application has nothing in hand; false when it still has after the time.
    /// <see cref="Release"/> ends it.
    /// </summary>
    private async Task<bool> HoldAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        Task empty;
        lock (_gate)
        {
            _isHeld = true;
            if (_inHand is null)
            {
                return true;
            }

            _handsEmpty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            empty = _handsEmpty.Task;
        }

        try
        {
            await empty.WaitAsync(patience, Link.Time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            _isHeld = false;
        }

        _arrival.Set();
    }
}
