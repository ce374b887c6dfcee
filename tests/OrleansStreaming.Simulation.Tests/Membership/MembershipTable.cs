using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Membership;

/// <summary>A process of a broker, as membership knows it.</summary>
internal readonly record struct Member(int Broker, int Life, bool IsAlive);

/// <summary>
/// Who is alive, as the cluster agreed. Once declared dead, a process stays dead: only a new life of its broker is a member
/// again. Versions grow.
/// </summary>
internal sealed class MembershipTable
{
    private readonly Dictionary<int, Member> _members = [];

    public long Version { get; private set; }

    public IReadOnlyDictionary<int, Member> Members => _members;

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    public void Join(int broker, int life)
    {
        _members[broker] = new Member(broker, life, IsAlive: true);
        Change();
    }

    public void Leave(int broker, int life)
    {
        if (_members.TryGetValue(broker, out var member) && member.Life == life && member.IsAlive)
        {
            _members[broker] = member with { IsAlive = false };
            Change();
        }
    }

    public bool IsAlive(int broker, int life) => _members.TryGetValue(broker, out var member) && member.IsAlive && member.Life == life;

    public MembershipView Look() => new(Version, _members.Values.Where(member => member.IsAlive).ToDictionary(member => member.Broker, member => member.Life));

    private void Change()
    {
        Version++;
        Changed?.Invoke();
    }
}

/// <summary>What one broker last heard of the table: the living, and which life of each.</summary>
internal sealed record MembershipView(long Version, IReadOnlyDictionary<int, int> Living)
{
    public static readonly MembershipView Empty = new(0, new Dictionary<int, int>());
}
