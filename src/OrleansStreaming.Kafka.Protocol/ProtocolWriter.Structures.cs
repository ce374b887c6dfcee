namespace OrleansStreaming.Kafka.Protocol;

/// <summary>Arrays, nullable structures, and the section of tagged fields that ends each structure of a flexible version (KIP-482).</summary>
public sealed partial class ProtocolWriter
{
    /// <summary>An array's count, -1 for null.</summary>
    public void WriteArrayCount(int count, bool compact) => WriteLength(count, compact);

    /// <summary>The marker before a structure that may be null.</summary>
    public void WritePresence(bool present) => WriteInt8(present ? (sbyte)1 : (sbyte)-1);

    /// <summary>Opens a tagged field and returns where its value begins; <see cref="EndTag"/> puts its size before it.</summary>
    public int BeginTag(uint tag)
    {
        WriteUnsignedVarint(tag);
        Claim(1);
        return _position;
    }

    /// <summary>Closes the tagged field whose value begins at <paramref name="start"/>. One byte was left for its size; a value of 128 bytes or more moves up.</summary>
    public void EndTag(int start)
    {
        int length = _position - start;
        int extra = VarintSize((uint)length) - 1;
        if (extra > 0)
        {
            Claim(extra);
            _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + extra));
        }

        int end = _position;
        _position = start - 1;
        WriteUnsignedVarint((uint)length);
        _position = end;
    }

    /// <summary>Refuses a version the schema does not have.</summary>
    public static void CheckVersion(string message, short version, short lowest, short highest)
    {
        if (version < lowest || version > highest)
        {
            Throw($"{message} has no version {version}.");
        }
    }

    /// <summary>Refuses a value that the version has no field for, rather than losing it.</summary>
    public static void ThrowUnsupported(string field, short version) =>
        Throw($"{field} has a value, and version {version} has no field for it.");

    /// <summary>Refuses null where the version demands a value.</summary>
    public static void ThrowNull(string field) => Throw($"{field} is null.");
}
