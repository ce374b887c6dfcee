using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Membership;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

public sealed class SharedDirectoryMembershipTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("membership-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Whoever removes the directory of a cluster that has ended finds nobody who still writes to it.</summary>
    [Fact]
    public async Task WhoHasEndedDeclaresNobodyDead()
    {
        using var watcher = await JoinAsync(1);
        var ended = await JoinAsync(2);
        var victim = await JoinAsync(3);

        // Who is seen for the first time is given time: these two know them all.
        await ended.Refresh(default, CancellationToken.None);
        await watcher.Refresh(default, CancellationToken.None);
        ended.Dispose();
        victim.Dispose();
        var version = new MemberTableFiles(_directory).Read().Version;

        await ended.Refresh(default, CancellationToken.None);
        Assert.Equal(version, new MemberTableFiles(_directory).Read().Version);

        await watcher.Refresh(default, CancellationToken.None);
        Assert.Equal(
            [SiloStatus.Active, SiloStatus.Dead, SiloStatus.Dead], new MemberTableFiles(_directory).Read().Members.Select(member => member.Status));
    }

    /// <summary>On a clock that stands still: nobody looks unless told.</summary>
    private async Task<SharedDirectoryMembership> JoinAsync(int number)
    {
        var options = Options.Create(new SharedDirectoryClusteringOptions { Directory = _directory });
        var membership = new SharedDirectoryMembership(
            new Details(number), options, new Silos.ManualClock(), NullLogger<SharedDirectoryMembership>.Instance);
        await membership.Become(SiloStatus.Joining);
        await membership.Become(SiloStatus.Active);
        return membership;
    }

    private sealed class Details(int number) : ILocalSiloDetails
    {
        public string Name => $"silo-{number}";

        public string ClusterId => "c";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, number, 1);

        public SiloAddress GatewayAddress => SiloAddress;
    }
}
