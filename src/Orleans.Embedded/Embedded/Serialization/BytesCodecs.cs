using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orleans.Embedded.Serialization;

/// <summary>Byte arrays, by reference when they are large.</summary>
internal sealed class ByteArrayCodec : WireCodec<byte[]>
{
    public override WireShape Shape => WireShape.Blob;

    public override void Write(WireWriter output, byte[] value)
    {
        if (value is null)
        {
            output.WriteBlobHeader(BlobKind.Null, 0);
        }
        else if (!output.TryWriteBlobReference(value))
        {
            output.WriteBlob(value);
        }
    }

    public override byte[] Read(WireReader input)
    {
        var position = input.Position;
        var (kind, number) = input.ReadBlobHeader();
        switch (kind)
        {
            case BlobKind.Null:
                return null!;
            case BlobKind.Reference:
                return input.FindReferred(position, number) is { } known
                    ? known as byte[] ?? throw input.Malformed("a reference to something else")
                    : input.Reread(this, position, number);
            default:
                var bytes = input.BlobOf(kind, number);
                input.Remember(position, bytes);
                return bytes;
        }
    }
}

/// <summary>Arrays of numbers, whose bytes are copied in one go.</summary>
internal sealed class NumberArrayCodec<T> : WireCodec<T[]>
    where T : unmanaged
{
    public override WireShape Shape => WireShape.Blob;

    public override void Write(WireWriter output, T[] value)
    {
        if (value is null)
        {
            output.WriteBlobHeader(BlobKind.Null, 0);
        }
        else if (!output.TryWriteBlobReference(value))
        {
            output.WriteInlineBlob(MemoryMarshal.AsBytes(value.AsSpan()));
        }
    }

    public override T[] Read(WireReader input)
    {
        var position = input.Position;
        var (kind, number) = input.ReadBlobHeader();
        switch (kind)
        {
            case BlobKind.Null:
                return null!;
            case BlobKind.Reference:
                return input.FindReferred(position, number) is { } known
                    ? known as T[] ?? throw input.Malformed("a reference to something else")
                    : input.Reread(this, position, number);
            case BlobKind.Inline when number % Unsafe.SizeOf<T>() == 0:
                var numbers = MemoryMarshal.Cast<byte, T>(input.ReadRaw(number)).ToArray();
                input.Remember(position, numbers);
                return numbers;
            default:
                throw input.Malformed($"no array of {typeof(T).Name}");
        }
    }
}

internal sealed class ReadOnlyBytesCodec : WireCodec<ReadOnlyMemory<byte>>
{
    public override WireShape Shape => WireShape.Blob;

    public override bool IsDefault(ReadOnlyMemory<byte> value) => value.IsEmpty;

    public override void Write(WireWriter output, ReadOnlyMemory<byte> value) => output.WriteBlob(value);

    public override ReadOnlyMemory<byte> Read(WireReader input) => input.ReadBlob();
}

/// <summary>Other views of bytes, and views of other arrays, through the two that bytes and arrays have.</summary>
internal sealed class ViewCodec<T, TStored>(WireCodec<TStored> stored, Func<T, TStored> store, Func<TStored, T> view) : WireCodec<T>
    where T : struct
{
    public override WireShape Shape => stored.Shape;

    public override void Write(WireWriter output, T value) => stored.Write(output, store(value));

    public override T Read(WireReader input) => view(stored.Read(input));
}

/// <summary>Types that travel as a few bytes.</summary>
internal sealed class CompactCodec<T>(Func<T, byte[]?> format, ReadBytes<T> parse) : WireCodec<T>
{
    public override WireShape Shape => WireShape.Blob;

    public override void Write(WireWriter output, T value)
    {
        if (value is not null && format(value) is { } bytes)
        {
            output.WriteInlineBlob(bytes);
        }
        else
        {
            output.WriteBlobHeader(BlobKind.Null, 0);
        }
    }

    public override T Read(WireReader input)
    {
        var (kind, length) = input.ReadBlobHeader();
        return kind switch
        {
            BlobKind.Null => default!,
            BlobKind.Inline => parse(input.ReadRaw(length)),
            _ => throw input.Malformed($"no {typeof(T).Name}"),
        };
    }
}

internal delegate T ReadBytes<out T>(ReadOnlySpan<byte> bytes);
