using System.Collections.Frozen;
using OrleansStreaming.Contracts.Groups;

namespace OrleansStreaming.Groups.Assignors;

/// <summary>The assignors by name. Which of them Kafka clients may ask for is the broker's <c>group.consumer.assignors</c>.</summary>
internal static class AssignorCatalog
{
    private static readonly UniformAssignor _uniform = new();

    // "sticky" and "cooperative-sticky" are what clients of the classic protocol call an even assignment with few moves.
    private static readonly FrozenDictionary<string, IPartitionAssignor> _assignors = new Dictionary<string, IPartitionAssignor>
    {
        [AssignorNames.Uniform] = _uniform,
        [AssignorNames.Sticky] = _uniform,
        [AssignorNames.CooperativeSticky] = _uniform,
        [AssignorNames.KeyBased] = _uniform,
        [AssignorNames.Range] = new RangeAssignor(),
        [AssignorNames.RoundRobin] = new RoundRobinAssignor(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Contains(string name) => _assignors.ContainsKey(name);

    public static IPartitionAssignor Find(string name) => _assignors[name];
}
