using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;
using OrleansStreaming.Replication.Brokers;

namespace OrleansStreaming.Replication.Tests.Brokers;

public sealed class FormerSilosTests
{
    [Fact]
    public async Task Earlier_processes_of_the_same_broker_are_declared_dead_and_nobody_else()
    {
        var (self, other) = (Silo(1), Silo(2));
        var (killed, starting, dead) = (Silo(3), Silo(4), Silo(5));
        var membership = new FakeMembership(
            new ClusterMember(self, SiloStatus.Active, "broker-7"),
            new ClusterMember(other, SiloStatus.Active, "broker-8"),
            new ClusterMember(killed, SiloStatus.Active, "broker-7"),
            new ClusterMember(starting, SiloStatus.Joining, "broker-7"),
            new ClusterMember(dead, SiloStatus.Dead, "broker-7"));
        await new FormerSilos(membership, new LocalSilo(self), NullLogger<FormerSilos>.Instance).EndAsync(CancellationToken.None);
        Assert.Equal([killed, starting], membership.Killed.OrderBy(silo => silo.Endpoint.Port));
    }

    [Fact]
    public async Task A_membership_that_cannot_be_changed_does_not_keep_the_broker_from_starting()
    {
        var membership = new FakeMembership(new ClusterMember(Silo(3), SiloStatus.Active, "broker-7")) { Failure = new IOException("no") };
        await new FormerSilos(membership, new LocalSilo(Silo(1)), NullLogger<FormerSilos>.Instance).EndAsync(CancellationToken.None);
        Assert.Equal([Silo(3)], membership.Killed);
    }

    private static SiloAddress Silo(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 1);

    private sealed class FakeMembership(params ClusterMember[] members) : IClusterMembershipService
    {
        public List<SiloAddress> Killed { get; } = [];

        public Exception? Failure { get; init; }

        public ClusterMembershipSnapshot CurrentSnapshot { get; } = new(
            members.ToImmutableDictionary(member => member.SiloAddress), new MembershipVersion(1));

        public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

        public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public Task<bool> TryKill(SiloAddress siloAddress)
        {
            Killed.Add(siloAddress);
            return Failure is null ? Task.FromResult(true) : Task.FromException<bool>(Failure);
        }
    }

    private sealed class LocalSilo(SiloAddress address) : ILocalSiloDetails
    {
        public string Name => "broker-7";

        public string ClusterId => "c";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress => address;

        public SiloAddress GatewayAddress => address;
    }
}
