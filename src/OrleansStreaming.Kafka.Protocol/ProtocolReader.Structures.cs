namespace OrleansStreaming.Kafka.Protocol;

/// <summary>Arrays, nullable structures, and the section of tagged fields that ends each structure of a flexible version (KIP-482).</summary>
public ref partial struct ProtocolReader
{
    /// <summary>The count of an array that must not be null.</summary>
    /// <param name="compact">The version is flexible.</param>
    /// <param name="minimumElementSize">The fewest bytes one element takes, so that a count the frame cannot hold is refused before anything is allocated.</param>
    public int ReadArrayCount(bool compact, int minimumElementSize)
    {
        int count = ReadNullableArrayCount(compact, minimumElementSize);
        if (count < 0)
        {
            Throw("An array that must have a value is null.");
        }

        return count;
    }

    /// <summary>As <see cref="ReadArrayCount"/>; -1 for null.</summary>
    public int ReadNullableArrayCount(bool compact, int minimumElementSize)
    {
        int count = compact ? ReadCompactLength() : ReadInt32();
        if (count < -1)
        {
            Throw("An array's count is negative.");
        }

        if (count > ProtocolLimits.MaxArrayElements || (long)count * minimumElementSize > _bytes.Remaining)
        {
            Throw("An array has more elements than its frame can hold.");
        }

        return count;
    }

    /// <summary>The capacity to begin a list of <paramref name="count"/> elements with.</summary>
    public static int InitialCapacity(int count) => Math.Min(count, ProtocolLimits.MaxInitialCapacity);

    /// <summary>The marker before a structure that may be null: negative for null.</summary>
    public bool ReadPresence() => ReadInt8() >= 0;

    /// <summary>The number of tagged fields that follow.</summary>
    public int ReadTagCount()
    {
        uint count = ReadUnsignedVarint();
        if (count > ProtocolLimits.MaxTaggedFields)
        {
            Throw("A structure has more than 10,000 tagged fields.");
        }

        return (int)count;
    }

    /// <summary>The tag of the next tagged field, and where it ends in terms of <see cref="Consumed"/>.</summary>
    public uint ReadTag(out long end)
    {
        uint tag = ReadUnsignedVarint();
        uint size = ReadUnsignedVarint();
        if (size > _bytes.Remaining)
        {
            ThrowTooShort();
        }

        end = _bytes.Consumed + size;
        return tag;
    }

    /// <summary>Checks that a known tagged field was exactly as long as it said.</summary>
    public readonly void EndTag(long end)
    {
        if (_bytes.Consumed != end)
        {
            Throw("A tagged field is not as long as it says.");
        }
    }

    /// <summary>Passes over a tagged field this schema does not know.</summary>
    public void SkipTag(long end) => _bytes.Advance(end - _bytes.Consumed);

    /// <summary>Passes over a whole section of which this schema knows no tag.</summary>
    public void SkipTags()
    {
        for (int left = ReadTagCount(); left > 0; left--)
        {
            ReadTag(out long end);
            SkipTag(end);
        }
    }

    /// <summary>Refuses a version the schema does not have.</summary>
    public static void CheckVersion(string message, short version, short lowest, short highest)
    {
        if (version < lowest || version > highest)
        {
            Throw($"{message} has no version {version}.");
        }
    }
}
