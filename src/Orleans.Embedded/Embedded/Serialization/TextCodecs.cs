namespace Orleans.Embedded.Serialization;

internal sealed class StringCodec : WireCodec<string>
{
    public override WireShape Shape => WireShape.Blob;

    public override void Write(WireWriter output, string value) => output.WriteString(value);

    public override string Read(WireReader input) => input.ReadString()!;
}

/// <summary>Types that travel as their text.</summary>
internal sealed class TextCodec<T>(Func<T, string> format, Func<string, T> parse) : WireCodec<T>
    where T : class?
{
    public override WireShape Shape => WireShape.Blob;

    public override void Write(WireWriter output, T value) => output.WriteString(value is null ? null : format(value));

    public override T Read(WireReader input) => input.ReadString() is { } text ? parse(text) : null!;
}
