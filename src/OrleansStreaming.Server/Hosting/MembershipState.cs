#if ORLEANS_MICROSOFT
using Orleans;
using Orleans.Runtime;

namespace OrleansStreaming.Server.Hosting;

/// <summary>The content of <see cref="SharedMembershipTable"/>.</summary>
internal sealed class MembershipState
{
    /// <summary>One more with each change of a member's status.</summary>
    public int Version { get; set; }

    public List<Member> Members { get; set; } = [];

    /// <summary>A silo, with what Orleans tells about it; times are UTC.</summary>
    internal sealed class Member
    {
        public required string Silo { get; init; }

        public SiloStatus Status { get; set; }

        public string? Name { get; init; }

        public string? Host { get; init; }

        public string? Role { get; init; }

        public int GatewayPort { get; init; }

        public DateTime StartTime { get; init; }

        public DateTime AliveTime { get; set; }

        public List<Suspicion> Suspicions { get; init; } = [];

        public SiloAddress ToAddress() => SiloAddress.FromParsableString(Silo);

        public static Member Of(MembershipEntry entry) => new()
        {
            Silo = entry.SiloAddress.ToParsableString(),
            Status = entry.Status,
            Name = entry.SiloName,
            Host = entry.HostName,
            Role = entry.RoleName,
            GatewayPort = entry.ProxyPort,
            StartTime = entry.StartTime,
            AliveTime = entry.IAmAliveTime,
            Suspicions = entry.SuspectTimes?.ConvertAll(suspect => new Suspicion(suspect.Item1.ToParsableString(), suspect.Item2)) ?? [],
        };

        public MembershipEntry ToEntry() => new()
        {
            SiloAddress = ToAddress(),
            Status = Status,
            SiloName = Name!,
            HostName = Host!,
            RoleName = Role,
            ProxyPort = GatewayPort,
            StartTime = StartTime,
            IAmAliveTime = AliveTime,
            SuspectTimes = Suspicions.ConvertAll(suspicion => Tuple.Create(SiloAddress.FromParsableString(suspicion.By), suspicion.Time)),
        };
    }

    internal sealed record Suspicion(string By, DateTime Time);
}
#endif
