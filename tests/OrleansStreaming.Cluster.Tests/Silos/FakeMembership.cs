using System.Runtime.CompilerServices;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>A membership that tests write: brokers come, as silos of a given name, and die.</summary>
internal sealed class FakeMembership : IBrokerMembership
{
    private readonly Lock _gate = new();
    private IReadOnlyList<(string Silo, BrokerId Broker)> _active = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<(string Silo, BrokerId Broker)> Active
    {
        get
        {
            lock (_gate)
            {
                return _active;
            }
        }
    }

    public IAsyncEnumerable<IReadOnlyList<(string Silo, BrokerId Broker)>> Changes => ReadAsync();

    public Task RefreshAsync() => Task.CompletedTask;

    /// <summary>A broker's silo comes; an earlier one of it is dead from here on.</summary>
    public void Join(int broker, string silo) =>
        Set(active => active.Where(member => member.Broker.Value != broker).Append((silo, new BrokerId(broker))));

    public void Die(int broker) => Set(active => active.Where(member => member.Broker.Value != broker));

    private void Set(Func<IEnumerable<(string Silo, BrokerId Broker)>, IEnumerable<(string Silo, BrokerId Broker)>> change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _active = change(_active).ToArray();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private async IAsyncEnumerable<IReadOnlyList<(string Silo, BrokerId Broker)>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            IReadOnlyList<(string Silo, BrokerId Broker)> active;
            lock (_gate)
            {
                changed = _changed.Task;
                active = _active;
            }

            yield return active;
            await changed.WaitAsync(cancellationToken);
        }
    }
}
