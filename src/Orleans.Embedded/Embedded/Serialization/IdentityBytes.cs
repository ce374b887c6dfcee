using System.Buffers.Binary;
using System.Net;
using Orleans.Runtime;

namespace Orleans.Embedded.Serialization;

/// <summary>Ids and addresses as bytes.</summary>
internal static class IdentityBytes
{
    /// <summary>A blob: a varint of the type's length, the type, the key.</summary>
    public static void Write(WireWriter output, GrainId id)
    {
        var type = id.Type.AsSpan();
        var key = id.Key.AsSpan();
        output.WriteBlobHeader(BlobKind.Inline, SizeOfVarUInt(type.Length) + type.Length + key.Length);
        output.WriteVarUInt((ulong)type.Length);
        output.WriteRaw(type);
        output.WriteRaw(key);
    }

    /// <exception cref="ArgumentException">No id.</exception>
    public static GrainId Parse(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        var at = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (at == bytes.Length || shift > 21)
            {
                throw new ArgumentException("No grain id.");
            }

            var next = bytes[at++];
            length |= (next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return new GrainId(new GrainType(IdOf(bytes.Slice(at, length))), IdOf(bytes[(at + length)..]));
    }

    public static byte[] Format(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (bytes.Length == 4)
        {
            return bytes;
        }

        // The scope is part of an IPv6 address: without it a link-local one leads nowhere.
        Array.Resize(ref bytes, 20);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)address.ScopeId);
        return bytes;
    }

    public static IPAddress ParseAddress(ReadOnlySpan<byte> bytes) => bytes.Length == 20
        ? new IPAddress(bytes[..16], BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]))
        : new IPAddress(bytes);

    public static byte[] Format(IPEndPoint endpoint)
    {
        var address = Format(endpoint.Address);
        var bytes = new byte[2 + address.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)endpoint.Port);
        address.CopyTo(bytes, 2);
        return bytes;
    }

    public static IPEndPoint ParseEndpoint(ReadOnlySpan<byte> bytes) =>
        new(ParseAddress(bytes[2..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes));

    public static byte[] Format(SiloAddress silo)
    {
        var endpoint = Format(silo.Endpoint);
        var bytes = new byte[4 + endpoint.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, silo.Generation);
        endpoint.CopyTo(bytes, 4);
        return bytes;
    }

    public static SiloAddress ParseSilo(ReadOnlySpan<byte> bytes) =>
        SiloAddress.New(ParseEndpoint(bytes[4..]), BinaryPrimitives.ReadInt32LittleEndian(bytes));

    /// <summary>The default id is the only empty one: an empty array would be none that equals it.</summary>
    private static IdSpan IdOf(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? default : new IdSpan(bytes.ToArray());

    private static int SizeOfVarUInt(int value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7)
        {
            size++;
        }

        return size;
    }
}

internal sealed class GrainIdCodec : WireCodec<GrainId>
{
    public override WireShape Shape => WireShape.Blob;

    public override bool IsDefault(GrainId value) => value.IsDefault;

    public override void Write(WireWriter output, GrainId value) => IdentityBytes.Write(output, value);

    public override GrainId Read(WireReader input) => IdentityBytes.Parse(input.ReadInlineBlob());
}
