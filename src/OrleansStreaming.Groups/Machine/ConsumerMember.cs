using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;

namespace OrleansStreaming.Groups.Machine;

/// <summary>A member of a consumer group, from its join to its leave or expiry.</summary>
internal sealed class ConsumerMember(string id, MemberRecord said)
{
    private const long Never = long.MaxValue;

    public string Id { get; } = id;

    /// <summary>What it said of itself.</summary>
    public MemberRecord Said { get; set; } = said;

    public CurrentAssignmentRecord Current { get; set; } = new(0, 0, ConsumerMemberState.Stable, PartitionSet.Empty, PartitionSet.Empty);

    /// <summary>On the steady clock, as the other deadlines.</summary>
    public long SessionDeadline { get; set; } = Never;

    /// <summary>When it must have given up what it has to.</summary>
    public long RevocationDeadline { get; set; } = Never;

    /// <summary>When a member of the classic protocol, having been asked to, must have joined again.</summary>
    public long JoinDeadline { get; set; } = Never;

    /// <summary>When a member of the classic protocol, having joined, must have asked for its assignment.</summary>
    public long SyncDeadline { get; set; } = Never;

    public long NextDeadline => Math.Min(Math.Min(SessionDeadline, RevocationDeadline), Math.Min(JoinDeadline, SyncDeadline));

    public int Epoch => Current.Epoch;

    public PartitionSet Assigned => Current.Assigned;

    public bool IsClassic => Said.Classic is not null;

    /// <summary>What assignors sort by: static members keep their place when they come back under another id.</summary>
    public string Name => Said.InstanceId ?? Id;

    public bool IsSettledIn(int epoch) => Current is { State: ConsumerMemberState.Stable } && Current.Epoch == epoch;
}
