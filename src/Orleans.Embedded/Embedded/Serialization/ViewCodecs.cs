using System.Runtime.InteropServices;

namespace Orleans.Embedded.Serialization;

/// <summary>Makes the codecs of memories and segments: of bytes without a copy, of anything else through an array.</summary>
internal static class ViewCodecs
{
    public static WireCodec OfBytes(Type definition, WireCodecs codecs)
    {
        var stored = codecs.For<ReadOnlyMemory<byte>>();
        return definition == typeof(Memory<>)
            ? new ViewCodec<Memory<byte>, ReadOnlyMemory<byte>>(stored, static value => value, static bytes => bytes.ToArrayUncopied())
            : new ViewCodec<ArraySegment<byte>, ReadOnlyMemory<byte>>(stored, static value => value, static bytes => bytes.ToArrayUncopied());
    }

    public static WireCodec Of<T>(Type definition, WireCodecs codecs)
    {
        var stored = codecs.For<T[]>();
        return definition == typeof(Memory<>) ? new ViewCodec<Memory<T>, T[]>(stored, static value => value.ToArray(), static array => array)
            : definition == typeof(ReadOnlyMemory<>)
                ? new ViewCodec<ReadOnlyMemory<T>, T[]>(stored, static value => value.ToArray(), static array => array)
            : new ViewCodec<ArraySegment<T>, T[]>(stored, static value => value.Array is null ? null! : value.ToArray(), static array => array is null ? default : new(array));
    }

    /// <summary>The array that bytes just read fill.</summary>
    private static byte[] ToArrayUncopied(this ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) ? segment.Array! : bytes.ToArray();
}
