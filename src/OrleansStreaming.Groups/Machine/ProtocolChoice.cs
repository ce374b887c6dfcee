namespace OrleansStreaming.Groups.Machine;

/// <summary>The protocol of a generation: known to all members, and the first choice of most.</summary>
internal static class ProtocolChoice
{
    /// <summary>Null when the members have none in common. A draw goes to the one voted for first.</summary>
    public static string? Of(IReadOnlyCollection<GroupMember> members)
    {
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        var order = new List<string>();
        var common = members.FirstOrDefault()?.Protocols
            .Select(protocol => protocol.Name)
            .Where(name => members.All(member => member.Supports(name)))
            .ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var member in members)
        {
            if (Array.Find(member.Protocols, protocol => common.Contains(protocol.Name))?.Name is not { } vote)
            {
                return null;
            }

            if (!votes.TryAdd(vote, 1))
            {
                votes[vote]++;
            }
            else
            {
                order.Add(vote);
            }
        }

        return order.MaxBy(name => votes[name]);
    }
}
