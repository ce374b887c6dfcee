using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Protocol;

/// <summary>
/// Writes the protocol's primitives into one pooled buffer that grows. Record batches are not copied in: each is noted as a
/// splice, to be sent between the bytes before and after its position.
/// </summary>
/// <remarks>
/// For one thread at a time. <see cref="Reset"/> makes it ready for the next message, <see cref="Dispose"/> gives the buffer
/// back; neither disposes the spliced sources, which belong to whoever made the message.
/// </remarks>
public sealed partial class ProtocolWriter : IDisposable
{
    private readonly List<(int Position, RecordSource Source)> _splices = [];
    private byte[] _buffer;
    private int _position;
    private long _spliced;

    /// <param name="initialCapacity">Bytes to begin with; 512 holds most answers without records.</param>
    public ProtocolWriter(int initialCapacity = 512) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(initialCapacity, 1));

    /// <summary>Bytes written, without the splices. Valid until the next write, <see cref="Reset"/> or <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _position);

    /// <summary>Sources to send, in order, each before the written byte at its position.</summary>
    public IReadOnlyList<(int Position, RecordSource Source)> Splices => _splices;

    /// <summary>Bytes on the wire: those written and all splices.</summary>
    public long TotalLength => _position + _spliced;

    public void WriteBoolean(bool value) => Claim(1)[0] = value ? (byte)1 : (byte)0;

    public void WriteInt8(sbyte value) => Claim(1)[0] = (byte)value;

    public void WriteInt16(short value) => BinaryPrimitives.WriteInt16BigEndian(Claim(2), value);

    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Claim(2), value);

    public void WriteInt32(int value) => BinaryPrimitives.WriteInt32BigEndian(Claim(4), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64BigEndian(Claim(8), value);

    public void WriteFloat64(double value) => BinaryPrimitives.WriteDoubleBigEndian(Claim(8), value);

    /// <summary>Sixteen bytes, most significant first.</summary>
    public void WriteUuid(Guid value) => value.TryWriteBytes(Claim(16), bigEndian: true, out _);

    /// <summary>A base-128 number, lowest group first.</summary>
    public void WriteUnsignedVarint(uint value)
    {
        Span<byte> bytes = Claim(VarintSize(value));
        for (int i = 0; i < bytes.Length - 1; i++)
        {
            bytes[i] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[^1] = (byte)value;
    }

    public void WriteString(string? value, bool compact)
    {
        if (value is null)
        {
            Throw("A string that must have a value is null.");
        }

        WriteNullableString(value, compact);
    }

    public void WriteNullableString(string? value, bool compact)
    {
        int length = value is null ? -1 : Encoding.UTF8.GetByteCount(value);
        if (length > ProtocolLimits.MaxStringBytes)
        {
            Throw("A string is longer than 32,767 bytes.");
        }

        if (compact)
        {
            WriteUnsignedVarint((uint)(length + 1));
        }
        else
        {
            WriteInt16((short)length);
        }

        if (length > 0)
        {
            Encoding.UTF8.GetBytes(value, Claim(length));
        }
    }

    public void WriteBytes(ReadOnlyMemory<byte> value, bool compact)
    {
        WriteLength(value.Length, compact);
        value.Span.CopyTo(Claim(value.Length));
    }

    public void WriteNullableBytes(ReadOnlyMemory<byte>? value, bool compact)
    {
        if (value is { } bytes)
        {
            WriteBytes(bytes, compact);
        }
        else
        {
            WriteLength(-1, compact);
        }
    }

    /// <summary>The length, and the batches as a splice.</summary>
    public void WriteNullableRecords(RecordSource? value, bool compact)
    {
        WriteLength(value?.Length ?? -1, compact);
        if (value is { Length: > 0 })
        {
            _splices.Add((_position, value));
            _spliced += value.Length;
        }
    }

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Reset()
    {
        _splices.Clear();
        _position = 0;
        _spliced = 0;
    }

    /// <summary>A copy of everything, splices included.</summary>
    public byte[] ToArray()
    {
        var all = new byte[TotalLength];
        int from = 0;
        int to = 0;
        foreach ((int position, RecordSource source) in _splices)
        {
            _buffer.AsSpan(from, position - from).CopyTo(all.AsSpan(to));
            to += position - from;
            source.CopyTo(0, all.AsSpan(to, source.Length));
            to += source.Length;
            from = position;
        }

        _buffer.AsSpan(from, _position - from).CopyTo(all.AsSpan(to));
        return all;
    }

    public void Dispose()
    {
        Reset();
        byte[] buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int VarintSize(uint value) => (38 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 7;

    private void WriteLength(int length, bool compact)
    {
        if (compact)
        {
            WriteUnsignedVarint((uint)length + 1);
        }
        else
        {
            WriteInt32(length);
        }
    }

    private Span<byte> Claim(int count)
    {
        if (count > _buffer.Length - _position)
        {
            Grow(count);
        }

        Span<byte> claimed = _buffer.AsSpan(_position, count);
        _position += count;
        return claimed;
    }

    private void Grow(int count)
    {
        ObjectDisposedException.ThrowIf(_buffer.Length == 0, this);
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_position + count), (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        _buffer.AsSpan(0, _position).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    [DoesNotReturn]
    private static void Throw(string message) => throw new ProtocolWriteException(message);
}
