using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Membership;
using Orleans.Embedded.Silos;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Remoting;

/// <summary>
/// A silo's connections to all the others: it stays connected to each, so that the end of one is noticed at once. Any thread.
/// </summary>
internal sealed class SiloEndpoint : ISiloEndpoint
{
    private readonly ILinkListener _listener;
    private readonly ISiloMembership _membership;
    private readonly RemoteSilos _remotes;
    private readonly Doorkeeper _doorkeeper;
    private readonly SiloAddress _local;
    private readonly TimeProvider _time;
    private readonly TimeSpan _closeTimeout;

    public SiloEndpoint(
        ILinkListener listener,
        ILocalSiloDetails local,
        ISiloMembership membership,
        RemoteSilos remotes,
        CallRouter router,
        GrainClasses classes,
        IOptions<ClusterOptions> cluster,
        IOptions<SiloConnectionOptions> options,
        TimeProvider time,
        ILogger<SiloEndpoint> logger)
    {
        _listener = listener;
        _membership = membership;
        _remotes = remotes;
        _local = local.SiloAddress;
        _time = time;
        _closeTimeout = options.Value.CloseTimeout;
        var manifest = new Lazy<byte[]>(() => GrainManifest.Of(classes).ToBytes());
        _doorkeeper = new Doorkeeper(_local, cluster, options, time, logger, IsDead, () => manifest.Value, remotes, remotes.Add);
        remotes.Received += router.Receive;
        remotes.Served += router.OnServed;
        remotes.NotSent += router.OnNotSent;
        remotes.MembershipDoubted += membership.Suspect;
        membership.Changed += OnMembershipChanged;
    }

    public void Open() => _ = _doorkeeper.Run(_listener);

    public async Task Close()
    {
        _listener.Dispose();
        _doorkeeper.Close();
        await _remotes.Close(_closeTimeout, _time).ConfigureAwait(false);
    }

    public void Abort()
    {
        _listener.Dispose();
        _doorkeeper.Close();
        _ = _remotes.Close(TimeSpan.Zero, _time);
    }

    private bool IsDead(SiloAddress silo) =>
        !silo.IsClient && _membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Dead;

    private void OnMembershipChanged(ClusterMembershipSnapshot snapshot)
    {
        _remotes.BreakWith(IsDead);
        _remotes.Gossip();
        if (snapshot.GetSiloStatus(_local) is SiloStatus.Dead or SiloStatus.None)
        {
            return;
        }

        foreach (var member in snapshot.Members.Values)
        {
            if (member.Status is SiloStatus.Joining or SiloStatus.Active && !member.SiloAddress.Equals(_local))
            {
                // Who cannot be reached now is tried again when it is called.
                _ = _remotes.Open(member.SiloAddress).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
            }
        }
    }
}
