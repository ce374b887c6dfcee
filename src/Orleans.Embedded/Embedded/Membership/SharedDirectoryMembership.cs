using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>
/// The membership of the silos that share a directory. Each silo looks at the directory regularly and whenever somebody seems to
/// be gone; whoever first sees that a process is dead or silent writes it down for all. Any thread.
/// </summary>
internal sealed class SharedDirectoryMembership : ISiloMembership, IDisposable
{
    private readonly ILocalSiloDetails _local;
    private readonly ILogger _logger;
    private readonly MemberTableFiles _files;
    private readonly LifeSigns _signs;
    private readonly SilenceWatch _watch;
    private readonly SnapshotFeed _feed;
    private readonly TimeProvider _time;
    private readonly TimeSpan _period;
    private readonly Lock _looking = new();
    private LifeSigns.Own? _ownSign;
    private Pulse? _pulse;
    private ITimer? _timer;
    private int _looksWanted;
    private int _doubts;
    private bool _hasJoined;
    private bool _hasLeft;
    private bool _isDeclaredDead;
    private bool _isDisposed;

    public SharedDirectoryMembership(
        ILocalSiloDetails local,
        IOptions<SharedDirectoryClusteringOptions> options,
        TimeProvider time,
        ILogger<SharedDirectoryMembership> logger)
    {
        _local = local;
        _logger = logger;
        _time = time;
        _period = options.Value.PollPeriod;
        _files = new MemberTableFiles(options.Value.Directory);
        _signs = new LifeSigns(Path.Combine(options.Value.Directory, "alive"));
        _watch = new SilenceWatch(time, options.Value.SilenceTimeout, 2 * _period);
        _feed = new SnapshotFeed(local.SiloAddress, new([], MembershipVersion.MinValue));
    }

    public event Action<ClusterMembershipSnapshot>? Changed;

    public event Action? DeclaredDead;

    public ClusterMembershipSnapshot CurrentSnapshot => _feed.Current;

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => _feed.Read();

    public Task Become(SiloStatus status) => Task.Run(() =>
    {
        if (status == SiloStatus.Joining)
        {
            Join();
        }
        else
        {
            _hasLeft |= status == SiloStatus.Dead;
            _files.Update(table => table.Set(_local.SiloAddress, status));
        }

        Look();
        if (status == SiloStatus.Dead)
        {
            Dispose();
            _signs.Remove(_local.SiloAddress);
        }
    });

    public void Suspect()
    {
        Volatile.Write(ref _doubts, 1);
        QueueLook();
    }

    public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken)
    {
        if (minimumVersion != default && CurrentSnapshot.Version >= minimumVersion)
        {
            return ValueTask.CompletedTask;
        }

        return new(Task.Run(
            async () =>
            {
                Look();
                await _feed.Reach(minimumVersion, cancellationToken);
            },
            cancellationToken));
    }

    public Task<bool> TryKill(SiloAddress siloAddress) => Task.Run(() =>
    {
        var table = _files.Update(table => table.Set(siloAddress, SiloStatus.Dead));
        Look();
        return table.Find(siloAddress)?.Status == SiloStatus.Dead;
    });

    /// <summary>
    /// Gives no more signs of life: for the others the silo is dead as soon as they look. It judges none of them any more, so when
    /// this returns nothing of it writes to the directory.
    /// </summary>
    public void Dispose()
    {
        _timer?.Dispose();
        _pulse?.Dispose();
        _ownSign?.Dispose();
        lock (_looking)
        {
            _isDisposed = true;
        }
    }

    private void Join()
    {
        _ownSign = _signs.Hold(_local.SiloAddress);
        var table = _files.Update(table => table.Join(_local.ClusterId, _local.SiloAddress, _local.Name));
        if (table.ClusterId != _local.ClusterId)
        {
            throw new OrleansConfigurationException($"The directory is that of cluster '{table.ClusterId}', not of '{_local.ClusterId}'.");
        }

        _hasJoined = true;
        _pulse = new Pulse(_period, _ownSign.Beat);
        _timer = _time.CreateTimer(static self => ((SharedDirectoryMembership)self!).QueueLook(), this, _period, _period);
    }

    private void QueueLook()
    {
        // One look that begins after this call serves all who asked before it.
        if (Interlocked.Exchange(ref _looksWanted, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.LookSafely(), this, preferLocal: false);
        }
    }

    private void LookSafely()
    {
        try
        {
            Look();
        }
        catch (Exception failure)
        {
            _logger.MembershipNotRead(failure);
        }
    }

    private void Look()
    {
        lock (_looking)
        {
            Volatile.Write(ref _looksWanted, 0);
            var isDoubted = Interlocked.Exchange(ref _doubts, 0) != 0;
            var table = _files.Read();
            Publish(table);
            _watch.BeginRound();
            foreach (var member in table.Members)
            {
                if (member.Status != SiloStatus.Dead && !member.SiloAddress.Equals(_local.SiloAddress) && CauseOfDeath(member.SiloAddress, isDoubted) is { } cause)
                {
                    _logger.SiloIsDead(member.Name, member.SiloAddress, cause);
                    Publish(_files.Update(latest => latest.Set(member.SiloAddress, SiloStatus.Dead)));
                }
            }
        }
    }

    private string? CauseOfDeath(SiloAddress silo, bool isDoubted)
    {
        if (_isDeclaredDead || _isDisposed || !_hasJoined)
        {
            return null;
        }

        if (_watch.HasBeaten(silo, _signs.LastBeat(silo)) && !isDoubted)
        {
            return null;
        }

        if (!_signs.IsHeld(silo))
        {
            _watch.Forget(silo);
            _signs.Remove(silo);
            return "its process has ended";
        }

        return _watch.IsSilent(silo) ? "it gives no sign of life" : null;
    }

    private void Publish(MemberTable table)
    {
        var snapshot = table.ToSnapshot();
        if (!_feed.TryPublish(snapshot))
        {
            return;
        }

        // Before the others: they must not take what a dead silo does for the cluster's doing.
        if (_hasJoined && !_hasLeft && !_isDeclaredDead && table.Find(_local.SiloAddress) is null or { Status: SiloStatus.Dead })
        {
            _isDeclaredDead = true;
            _logger.DeclaredDead(_local.Name, _local.SiloAddress);
            DeclaredDead?.Invoke();
        }

        Changed?.Invoke(snapshot);
    }
}
