using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Stores;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>
/// An activation of a grain with persistent state: loads it first, takes one call at a time, writes with its ETag, and is over
/// when another activation turns out to have written. There may be several at once, on several brokers.
/// </summary>
internal abstract class GrainActivation<TState>(SimulatedBroker host, SimulatedStore<TState> store)
    where TState : class
{
    private readonly Queue<Action> _calls = new();
    private long _etag;
    private bool _isBusy;
    private int _turn;

    protected SimulatedBroker Host => host;

    /// <summary>As this activation last read or wrote it; null while it is not active.</summary>
    protected TState? State { get; private set; }

    /// <summary>The process of the host ended, or another activation wrote.</summary>
    public virtual void Forget()
    {
        State = null;
        _isBusy = false;
        _turn++;
        _calls.Clear();
    }

    /// <summary>Runs the call when its turn has come, on loaded state. It ends with <see cref="Done"/>.</summary>
    protected void InTurn(Action call)
    {
        _calls.Enqueue(call);
        Next();
    }

    protected void Done(int turn)
    {
        if (turn != _turn)
        {
            return;
        }

        _isBusy = false;
        _turn++;
        Next();
    }

    /// <summary>The turn that runs now, for <see cref="Done"/>.</summary>
    protected int Turn => _turn;

    /// <summary>Compare-and-swap. When it fails the activation is over and nobody is answered.</summary>
    protected void Write(TState next, Action onWritten)
    {
        if (ReferenceEquals(next, State))
        {
            onWritten();
            return;
        }

        var turn = _turn;
        store.Write(
            host,
            host.Id,
            next,
            _etag,
            etag =>
            {
                if (turn != _turn)
                {
                    return;
                }

                if (etag < 0)
                {
                    Forget();
                    return;
                }

                _etag = etag;
                State = next;
                onWritten();
            },
            () =>
            {
                if (turn == _turn)
                {
                    Forget();
                }
            });
    }

    /// <summary>What is done, and will be written with the next decision: until then it may be done again.</summary>
    protected void Remember(TState next) => State = next;

    /// <summary>Reads the state once more: another activation may have written.</summary>
    protected void Refresh(Action goOn) => Look((state, etag) =>
    {
        (State, _etag) = (state, etag);
        goOn();
    });

    /// <summary>Reads what is written by now, and leaves the state as it is.</summary>
    protected void Look(Action<TState, long> onRead)
    {
        var turn = _turn;
        store.Read(
            host,
            host.Id,
            (state, etag) =>
            {
                if (turn == _turn)
                {
                    onRead(state, etag);
                }
            },
            () =>
            {
                if (turn == _turn)
                {
                    Forget();
                }
            });
    }

    /// <summary>Called once after the state was loaded, before the first call; ends with the continuation.</summary>
    protected virtual void OnActivated(Action goOn) => goOn();

    private void Next()
    {
        if (_isBusy || _calls.Count == 0)
        {
            return;
        }

        _isBusy = true;
        if (State is not null)
        {
            _calls.Dequeue()();
            return;
        }

        var turn = _turn;
        store.Read(
            host,
            host.Id,
            (state, etag) =>
            {
                if (turn != _turn)
                {
                    return;
                }

                State = state;
                _etag = etag;
                OnActivated(() => Done(_turn));
            },
            () =>
            {
                if (turn == _turn)
                {
                    Forget();
                }
            });
    }
}
