using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Embedded.Storage;

/// <summary>
/// A record of one activation's durable state. Used in its turns only; operations of interleaving requests run one after the
/// other, in order, so that each sees the version the one before it left.
/// </summary>
internal sealed class PersistentState<TState> : IPersistentState<TState>, ILifecycleObserver
{
    private readonly string _name;
    private readonly IGrainContext _context;
    private readonly IGrainStorage _storage;
    private readonly GrainState<TState> _record = new(NewState.Of<TState>());
    private Task _lastOperation = Task.CompletedTask;
    private bool _isRead;

    public PersistentState(string name, IGrainContext context, IGrainStorage storage)
    {
        _name = name;
        _context = context;
        _storage = storage;
        context.ObservableLifecycle.Subscribe(GetType().FullName!, GrainLifecycleStage.SetupState, this);
    }

    public TState State
    {
        get
        {
            RuntimeContext.Require(RuntimeContext.Current);
            return _record.State!;
        }

        set
        {
            RuntimeContext.Require(RuntimeContext.Current);
            _record.State = value;
        }
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _isRead ? _record.RecordExists : throw new InvalidOperationException("State has not yet been loaded");

    public Task OnStart(CancellationToken cancellationToken) => ReadStateAsync(cancellationToken);

    public Task OnStop(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) => Enqueue(
        static async (self, token) =>
        {
            await self._storage.ReadStateAsync(self._name, self._context.GrainId, self._record, token);
            self._isRead = true;
        },
        cancellationToken);

    public Task WriteStateAsync(CancellationToken cancellationToken) => Enqueue(
        static (self, token) => self._storage.WriteStateAsync(self._name, self._context.GrainId, self._record, token),
        cancellationToken);

    public Task ClearStateAsync(CancellationToken cancellationToken) => Enqueue(
        static (self, token) => self._storage.ClearStateAsync(self._name, self._context.GrainId, self._record, token),
        cancellationToken);

    private Task Enqueue(Func<PersistentState<TState>, CancellationToken, Task> operation, CancellationToken cancellationToken)
    {
        RuntimeContext.Require(RuntimeContext.Current);
        return _lastOperation = RunAfter(_lastOperation, operation, cancellationToken);
    }

    private async Task RunAfter(
        Task previous,
        Func<PersistentState<TState>, CancellationToken, Task> operation,
        CancellationToken cancellationToken)
    {
        // Its failure went to its own caller.
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        cancellationToken.ThrowIfCancellationRequested();
        await operation(this, cancellationToken);
    }
}
