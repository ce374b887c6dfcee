using System.Buffers.Binary;

namespace OrleansStreaming.Interop.Tests.Kcat;

/// <summary>Looks at segment files as an operator's tool would: Kafka's record batch v2, field by field.</summary>
internal static class StoredBatches
{
    private const int LengthAt = 8;
    private const int LengthEnd = 12;
    private const int AttributesAt = 21;
    private const int CodecMask = 7;

    public static int PartitionsOf(string dataDirectory, string topic) => Folders(dataDirectory, topic).Count();

    /// <summary>The compression of each stored batch, as the attribute's number.</summary>
    public static IEnumerable<int> CodecsOf(string dataDirectory, string topic)
    {
        foreach (var file in Folders(dataDirectory, topic).SelectMany(folder => Directory.GetFiles(folder, "*.log")))
        {
            var bytes = File.ReadAllBytes(file);
            for (var at = 0; at < bytes.Length;)
            {
                yield return BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at + AttributesAt)) & CodecMask;
                at += LengthEnd + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + LengthAt));
            }
        }
    }

    private static IEnumerable<string> Folders(string dataDirectory, string topic) =>
        Directory.GetDirectories(dataDirectory, $"{topic}-*").Where(folder => int.TryParse(folder[(folder.LastIndexOf('-') + 1)..], out _));
}
