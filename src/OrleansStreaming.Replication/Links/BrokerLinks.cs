using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Metrics;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Links;

/// <summary>This broker's ways to all others, and who of them is there. Any thread.</summary>
internal sealed class BrokerLinks(
    IGrainFactory grains,
    IClusterMembershipService membership,
    LocalReplicas replicas,
    ReplicationMetrics metrics,
    IOptions<BrokerOptions> options,
    TimeProvider time,
    ILogger<BrokerLinks> logger) : IReplicaPeers
{
    /// <summary>Between two looks at followers that lag and at proposals without a decision.</summary>
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<BrokerId, BrokerLink> _links = new();
    private readonly BrokerId _self = new(options.Value.BrokerId);
    private readonly TopicLine _topics = new(grains, time);
    private readonly long _origin = time.GetTimestamp();
    private readonly LinkOptions _linkOptions = new() { PartBytes = PartBytes(options.Value) };
    private volatile FrozenSet<BrokerId> _present = PresentIn(membership.CurrentSnapshot);

    public TimeSpan Now => time.GetElapsedTime(_origin);

    public bool IsPresent(BrokerId broker) => _present.Contains(broker);

    public void Ready(BrokerId follower, LocalReplica replica, TimeSpan at, bool isCatchingUp) =>
        (_links.TryGetValue(follower, out var link) ? link : _links.GetOrAdd(follower, Open)).Ready(replica, at, isCatchingUp);

    public void Propose(string topic, InSyncProposal proposal) => _topics.Propose(topic, proposal);

    public void Ask(BrokerId leader, TopicPartition partition)
    {
        // Off the caller's locks and grain; a question that gets lost is asked again.
        using var detached = ExecutionContext.SuppressFlow();
        _ = Task.Run(() => Grain(leader).Ask(partition, _self));
    }

    public void Resign(string topic, LeaderResignation resignation) => _topics.Resign(topic, resignation);

    /// <summary>Watches the members and the clock until cancelled.</summary>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(WatchMembersAsync(stopping), TickAsync(stopping));

    private async Task WatchMembersAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stopping))
            {
                var present = PresentIn(snapshot);
                if (!present.SetEquals(_present))
                {
                    _present = present;
                    foreach (var replica in replicas.Open)
                    {
                        replica.OnPeersChanged();
                    }

                    _ = TickOnceAsync(ReplicaMachine.LeaveGoneAfter, stopping);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    /// <summary>Who is still gone by then need not wait for the next tick.</summary>
    private async Task TickOnceAsync(TimeSpan delay, CancellationToken stopping)
    {
        await Task.Delay(delay, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Tick();
    }

    private void Tick()
    {
        foreach (var replica in replicas.Open)
        {
            replica.Tick();
        }
    }

    private async Task TickAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(_tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                Tick();
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    private BrokerLink Open(BrokerId peer)
    {
        return new BrokerLink(_self, peer, _linkOptions, Grain(peer).Replicate, () => Now, time, metrics, logger);
    }

    private IBrokerGrain Grain(BrokerId broker) => grains.GetGrain<IBrokerGrain>(broker.Value.ToString(CultureInfo.InvariantCulture));

    private static FrozenSet<BrokerId> PresentIn(ClusterMembershipSnapshot snapshot) => snapshot.Members.Values
        .Where(member => member.Status == SiloStatus.Active)
        .Select(member => BrokerSilos.BrokerOf(member.Name))
        .ToFrozenSet();

    private static int PartBytes(BrokerOptions options)
    {
        var layers = new BrokerConfigLayers { Static = new Dictionary<string, string>(options.Configs) };
        return Math.Max(1, int.Parse(EffectiveConfigs.BrokerValue("replica.fetch.max.bytes", layers)!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
