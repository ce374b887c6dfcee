using System.Collections.Immutable;

namespace Orleans.Runtime;

/// <summary>A consistent picture of the membership at one version.</summary>
[GenerateSerializer, Immutable]
public sealed class ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember> members, MembershipVersion version)
{
    [Id(0)]
    public ImmutableDictionary<SiloAddress, ClusterMember> Members { get; } = members;

    [Id(1)]
    public MembershipVersion Version { get; } = version;

    /// <summary>Dead for a silo that is known only by a later incarnation; None for one that was never heard of.</summary>
    public SiloStatus GetSiloStatus(SiloAddress silo)
    {
        if (Members.TryGetValue(silo, out var member) && member.Status != SiloStatus.None)
        {
            return member.Status;
        }

        return Members.Keys.Any(known => known.IsSuccessorOf(silo)) ? SiloStatus.Dead : SiloStatus.None;
    }

    public override string ToString() =>
        $"ClusterMembershipSnapshot {{ Version = {Version}, Members.Count = {Members.Count}, Members = [{string.Join(", ", Members.Values)}] }}";
}
