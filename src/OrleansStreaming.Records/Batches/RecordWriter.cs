using System.Text;
using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>Writes the fields of a record one after another; the destination has room for all of them.</summary>
internal ref struct RecordWriter(Span<byte> destination)
{
    private Span<byte> _rest = destination;

    internal void WriteByte(byte value)
    {
        _rest[0] = value;
        _rest = _rest[1..];
    }

    internal void WriteInt32(int value) => _rest = _rest[Zigzag.Write(_rest, value)..];

    internal void WriteInt64(long value) => _rest = _rest[Zigzag.Write(_rest, value)..];

    internal void WriteNullable(ReadOnlyMemory<byte>? field)
    {
        if (field is not { } bytes)
        {
            WriteInt32(-1);
            return;
        }

        WriteInt32(bytes.Length);
        bytes.Span.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
    }

    internal void WriteText(string text)
    {
        WriteInt32(Encoding.UTF8.GetByteCount(text));
        _rest = _rest[Encoding.UTF8.GetBytes(text, _rest)..];
    }
}
