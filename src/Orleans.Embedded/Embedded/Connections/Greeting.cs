using Orleans.Embedded.Serialization;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Embedded.Connections;

/// <summary>The first message on a link: who calls whom, and which link of which session it is.</summary>
internal sealed record Greeting(string ClusterId, string ServiceId, SiloAddress From, SiloAddress To, Guid Session, bool IsLarge)
{
    /// <summary>Nobody with honest intentions has names longer than this.</summary>
    public const int MaxBytes = 4096;

    /// <summary>"OEM" and the version of everything that follows.</summary>
    private const uint Magic = 0x024D454F;

    public void Write(WireWriter output)
    {
        output.WriteFixed(Magic);
        output.WriteString(ClusterId);
        output.WriteString(ServiceId);
        output.WriteString(From.ToParsableString());
        output.WriteString(To.ToParsableString());
        output.WriteFixed(Session);
        output.WriteByte(IsLarge ? (byte)1 : (byte)0);
    }

    /// <exception cref="SerializerException">Not a greeting.</exception>
    public static Greeting Read(WireReader input)
    {
        if (input.ReadFixed<uint>() != Magic)
        {
            throw input.Malformed("not a greeting");
        }

        return new Greeting(
            input.ReadString() ?? "",
            input.ReadString() ?? "",
            ReadAddress(input),
            ReadAddress(input),
            input.ReadFixed<Guid>(),
            input.ReadByte() == 1);
    }

    private static SiloAddress ReadAddress(WireReader input) =>
        SiloAddress.TryParse(input.ReadString(), null, out var address) ? address : throw input.Malformed("not an address");
}

/// <summary>The answer to a <see cref="Greeting"/>.</summary>
/// <param name="Refusal">Null for a welcome.</param>
/// <param name="Manifest">What grains there are, for clients; else empty.</param>
internal sealed record Welcome(string? Refusal, byte[] Manifest)
{
    public const int MaxBytes = 4 * 1024 * 1024;

    public void Write(WireWriter output)
    {
        output.WriteString(Refusal);
        output.WriteInlineBlob(Manifest);
    }

    /// <exception cref="SerializerException">Not an answer.</exception>
    public static Welcome Read(WireReader input) => new(input.ReadString(), input.ReadInlineBlob().ToArray());
}
