using System.Collections.Immutable;
using System.Net;
using Orleans.Embedded.GrainDirectory;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Clusters;

/// <summary>What a silo answers about grains while silos come and go.</summary>
public sealed class DirectoryPartitionTests
{
    private static readonly SiloAddress[] _silos = [.. Enumerable.Range(1, 4).Select(i => SiloAddress.New(IPAddress.Loopback, i, 1))];
    private readonly DirectoryPartition _partition = new(_silos[0]);
    private long _version;

    [Fact]
    public void NewKeeperDoesNotSayNowhereBeforeAllHaveReported()
    {
        var recovery = Adopt(SiloStatus.Active, SiloStatus.Active)!;
        var grain = KeptBy(_silos[0], 0, 1);
        Assert.Null(Ask(DirectoryOperation.Find, grain, 1, out _));
        Assert.Null(Ask(DirectoryOperation.Register, grain, 1, out var waitsFor));
        Assert.Same(recovery, waitsFor);

        recovery.Complete();

        Assert.Null(Assert.Single(Ask(DirectoryOperation.Find, grain, 1, out _)!.Silos!));
        Assert.Equal([_silos[1]], Ask(DirectoryOperation.Register, grain, 1, out _)!.Silos!);
    }

    [Fact]
    public void WhatWasReportedIsKnownBeforeAllHaveReported()
    {
        Adopt(SiloStatus.Active, SiloStatus.Active);
        var grain = KeptBy(_silos[0], 0, 1);

        Ask(DirectoryOperation.RegisterAnew, grain, 1, out _);

        Assert.Equal([_silos[1]], Ask(DirectoryOperation.Find, grain, 0, out _)!.Silos!);
        Assert.Equal([_silos[1]], Ask(DirectoryOperation.Register, grain, 0, out _)!.Silos!);
    }

    [Fact]
    public void OnlyTheEntriesOfTheLostSiloAreRecovered()
    {
        Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Active)!.Complete();
        var own = KeptBy(_silos[0], 0, 1, 2);
        var moved = Moved(from: _silos[2]);
        Ask(DirectoryOperation.Register, own, 1, out _);

        var recovery = Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.ShuttingDown)!;

        Assert.Equal([_silos[1]], Ask(DirectoryOperation.Find, own, 0, out _)!.Silos!);
        Assert.Null(Ask(DirectoryOperation.Find, moved, 1, out _));
        Assert.Equal(_silos[..3].ToHashSet(), recovery.View.Alive.ToHashSet());
    }

    /// <summary>The silo joined, kept entries and left between two views of this one: what this one remembers may be out of date.</summary>
    [Fact]
    public void WhatASiloUnseenMayHaveKeptIsRecovered()
    {
        Adopt(SiloStatus.Active, SiloStatus.Active)!.Complete();
        var moved = Moved(from: _silos[2]);
        Ask(DirectoryOperation.Register, moved, 1, out _);

        Assert.NotNull(Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Dead));

        Assert.Null(Ask(DirectoryOperation.Find, moved, 0, out _));
    }

    [Fact]
    public void RecoveryThatWasNotCompletedIsPartOfTheNext()
    {
        Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Active)!.Complete();
        var first = Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.ShuttingDown)!;

        var second = Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Dead)!;

        Assert.True(first.IsSuperseded);
        Assert.True(first.Opened.IsCompleted);
        Assert.Null(Ask(DirectoryOperation.Find, Moved(from: _silos[2]), 1, out var waitsFor));
        Assert.Same(second, waitsFor);
        second.Complete();
        Assert.Null(Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Dead, SiloStatus.Active));
    }

    [Fact]
    public void WhatAnotherSiloKeepsIsRefused()
    {
        Adopt(SiloStatus.Active, SiloStatus.Active)!.Complete();
        var grain = Moved(from: _silos[2]);
        Ask(DirectoryOperation.Register, grain, 1, out _);

        Assert.Null(Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Active));

        var answer = Ask(DirectoryOperation.Find, grain, 1, out _)!;
        Assert.Null(answer.Silos);
        Assert.Equal(_version, answer.Version.Value);
    }

    [Fact]
    public void EntriesOfTheDeadAreForgottenAndNotTaken()
    {
        Adopt(SiloStatus.Active, SiloStatus.Active, SiloStatus.Active)!.Complete();
        var grain = KeptBy(_silos[0], 0, 1, 2);
        Ask(DirectoryOperation.Register, grain, 1, out _);

        Adopt(SiloStatus.Active, SiloStatus.Dead, SiloStatus.Active)!.Complete();
        Ask(DirectoryOperation.RegisterAnew, grain, 1, out _);

        Assert.Null(Assert.Single(Ask(DirectoryOperation.Find, grain, 2, out _)!.Silos!));
    }

    /// <summary>Kept by the first silo among the first two, and by the other one when that is active as well.</summary>
    private static GrainId Moved(SiloAddress from) => Grains().First(grain =>
        Owners(0, 1).Of(grain)!.Equals(_silos[0]) && Owners(0, 1, 2).Of(grain)!.Equals(from));

    private static GrainId KeptBy(SiloAddress keeper, params int[] silos) => Grains().First(grain => Owners(silos).Of(grain)!.Equals(keeper));

    private static DirectoryOwners Owners(params int[] silos) => new([.. silos.Select(i => _silos[i])]);

    private static IEnumerable<GrainId> Grains() => Enumerable.Range(0, 1000).Select(i => GrainId.Create("grain", "key" + i));

    private DirectoryRecovery? Adopt(params SiloStatus[] statuses) => _partition.Adopt(new DirectoryView(new(
        statuses.Select((status, i) => new ClusterMember(_silos[i], status, "silo" + i)).ToImmutableDictionary(member => member.SiloAddress),
        new MembershipVersion(++_version))));

    private DirectoryAnswer? Ask(DirectoryOperation operation, GrainId grain, int asker, out DirectoryRecovery? recovery) =>
        _partition.Answer(new DirectoryRequest(operation, new MembershipVersion(_version), _silos[asker], [(grain, 1)]), out recovery);
}
