using OrleansStreaming.Chaos.Clusters;

namespace OrleansStreaming.Chaos.Replicas;

/// <summary>Compares the replicas of a topic byte for byte, in the segment files of brokers that have come to rest.</summary>
public static class ReplicaComparison
{
    /// <summary>What differs, in words; empty when all replicas are identical.</summary>
    public static IReadOnlyList<string> Compare(IReadOnlyList<BrokerMember> members, string topic, int partitions)
    {
        var wrong = new List<string>();
        for (var partition = 0; partition < partitions; partition++)
        {
            var folder = $"{topic}-{partition}";
            var replicas = members.Where(member => Directory.Exists(Path.Combine(member.DataDirectory, folder))).ToArray();
            foreach (var other in replicas.Skip(1))
            {
                if (Difference(Bytes(replicas[0], folder), Bytes(other, folder)) is { } difference)
                {
                    wrong.Add($"{folder}: broker {replicas[0].Id} and broker {other.Id} differ: {difference}");
                }
            }
        }

        return wrong;
    }

    private static string? Difference(byte[] left, byte[] right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        return same == left.Length && same == right.Length ? null : $"from byte {same} on, of {left.Length} and {right.Length}";
    }

    private static byte[] Bytes(BrokerMember member, string folder)
    {
        using var all = new MemoryStream();
        foreach (var file in Directory.GetFiles(Path.Combine(member.DataDirectory, folder), "*.log").Order(StringComparer.Ordinal))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.CopyTo(all);
        }

        return all.ToArray();
    }
}
