using System.Buffers.Binary;
using System.Text;

namespace OrleansStreaming.Groups.Machine;

/// <summary>
/// The topics in the metadata of a member of protocol type "consumer". The only place that looks into a member's metadata, and
/// only at the part that all versions begin with: a version, then the topics.
/// </summary>
internal static class ConsumerSubscription
{
    public const string ProtocolType = "consumer";

    /// <summary>Null when the bytes are something else.</summary>
    public static IReadOnlyList<string>? TopicsOf(ReadOnlySpan<byte> metadata)
    {
        if (metadata.Length < 6 || BinaryPrimitives.ReadInt32BigEndian(metadata[2..]) is not (>= 0 and var count) || count > metadata.Length)
        {
            return null;
        }

        var rest = metadata[6..];
        var topics = new List<string>(count);
        for (var i = 0; i < count; i++)
        {
            if (rest.Length < 2 || BinaryPrimitives.ReadInt16BigEndian(rest) is not (>= 0 and var length) || rest.Length - 2 < length)
            {
                return null;
            }

            topics.Add(Encoding.UTF8.GetString(rest.Slice(2, length)));
            rest = rest[(2 + length)..];
        }

        return topics;
    }
}
