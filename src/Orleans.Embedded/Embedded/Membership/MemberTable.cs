using System.Collections.Immutable;
using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>Who is in the cluster, as one value: changes make new tables. Pure.</summary>
internal sealed record MemberTable(string ClusterId, long Version, ImmutableArray<ClusterMember> Members)
{
    /// <summary>So many dead silos are remembered, so that who still talks to one learns that it is dead.</summary>
    private const int DeadToRemember = 32;

    public static MemberTable Empty { get; } = new("", 0, []);

    public ClusterMember? Find(SiloAddress address) => Members.FirstOrDefault(member => member.SiloAddress.Equals(address));

    /// <summary>The silo comes in as joining; earlier incarnations of it, by name or by endpoint, are dead from here on.</summary>
    public MemberTable? Join(string clusterId, SiloAddress address, string name)
    {
        if (Find(address) is not null)
        {
            return null;
        }

        var earlier = Members.Select(member =>
            member.Name == name || member.SiloAddress.Endpoint.Equals(address.Endpoint) ? With(member, SiloStatus.Dead) : member);
        return Changed([.. earlier, new ClusterMember(address, SiloStatus.Joining, name)]) with { ClusterId = clusterId };
    }

    /// <summary>Null when there is nothing to change: nobody comes back from the dead, and statuses only move forward.</summary>
    public MemberTable? Set(SiloAddress address, SiloStatus status) => Find(address) is { } member && member.Status < status
        ? Changed([.. Members.Select(known => known == member ? With(known, status) : known)])
        : null;

    public ClusterMembershipSnapshot ToSnapshot() => new(
        Members.ToImmutableDictionary(member => member.SiloAddress),
        new MembershipVersion(Version));

    private static ClusterMember With(ClusterMember member, SiloStatus status) =>
        member.Status == status ? member : new ClusterMember(member.SiloAddress, status, member.Name);

    private MemberTable Changed(ImmutableArray<ClusterMember> members)
    {
        var tooMany = members.Count(member => member.Status == SiloStatus.Dead) - DeadToRemember;
        return this with
        {
            Version = Version + 1,
            Members = [.. members.Where(member => member.Status != SiloStatus.Dead || tooMany-- <= 0)],
        };
    }
}
