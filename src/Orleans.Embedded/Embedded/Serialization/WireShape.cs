namespace Orleans.Embedded.Serialization;

/// <summary>
/// How a value lies in the head, so that a reader who does not know what it means can still step over it. Stands in the low three
/// bits of a member's number, and before elements of collections.
/// </summary>
internal enum WireShape : byte
{
    /// <summary>One LEB128 varint of up to 64 bits; signed numbers are zigzagged.</summary>
    VarInt = 0,

    /// <summary>4 bytes, little-endian.</summary>
    Fixed4 = 1,

    /// <summary>8 bytes, little-endian.</summary>
    Fixed8 = 2,

    /// <summary>16 bytes.</summary>
    Fixed16 = 3,

    /// <summary>A varint of <see cref="BlobKind"/> and a number, then for inline ones that many bytes.</summary>
    Blob = 4,

    /// <summary>A varint of <see cref="NodeKind"/> and a number, then what the kind says.</summary>
    Node = 5,

    /// <summary>Ends the members of a type; with number 1 there follow those of the next derived type.</summary>
    End = 6,

    /// <summary>A member that has its type's default value, without any bytes of its own.</summary>
    Default = 7,
}

/// <summary>The low two bits of a blob's header; what the other bits count.</summary>
internal enum BlobKind : byte
{
    /// <summary>The length in bytes.</summary>
    Inline = 0,

    /// <summary>The index of an attachment.</summary>
    Attachment = 1,

    /// <summary>How many bytes before this header the header of the same array lies.</summary>
    Reference = 2,

    /// <summary>Nothing.</summary>
    Null = 3,
}

/// <summary>The low three bits of a node's header; what the other bits count.</summary>
internal enum NodeKind : byte
{
    /// <summary>Nothing.</summary>
    Null = 0,

    /// <summary>How many bytes before this header the header of the same object lies.</summary>
    Reference = 1,

    /// <summary>Nothing. Members follow, each with its number, then an end.</summary>
    Members = 2,

    /// <summary>
    /// How many bytes before this header the type's name lies; zero when it follows, with its length. Then a shape and a value.
    /// </summary>
    Typed = 3,

    /// <summary>The elements: their shape and the comparer in one byte, then the elements.</summary>
    Sequence = 4,

    /// <summary>The entries: the shapes of keys and values in one byte, the comparer in another, then keys and values in turn.</summary>
    Map = 5,

    /// <summary>Nothing. A shape and a value follow.</summary>
    Value = 6,

    /// <summary>Nothing. Two blobs follow: grain id and interface.</summary>
    Grain = 7,
}
