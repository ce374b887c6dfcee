namespace OrleansStreaming.Chaos.Clusters;

/// <summary>Does to a broker's segment files what failing disks and people do, whether the broker runs or not.</summary>
public static class SegmentDamage
{
    /// <summary>Flips one bit in the middle of the partition's first segment.</summary>
    public static void FlipBit(BrokerMember member, string topic, int partition)
    {
        using var file = Open(member, topic, partition);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x10));
    }

    /// <summary>Cuts the last two fifths off the partition's first segment.</summary>
    public static void CutTail(BrokerMember member, string topic, int partition)
    {
        using var file = Open(member, topic, partition);
        file.SetLength(file.Length * 3 / 5);
    }

    private static FileStream Open(BrokerMember member, string topic, int partition) => new(
        Directory.GetFiles(Path.Combine(member.DataDirectory, $"{topic}-{partition}"), "*.log").Order(StringComparer.Ordinal).First(),
        FileMode.Open,
        FileAccess.ReadWrite,
        FileShare.ReadWrite | FileShare.Delete);
}
