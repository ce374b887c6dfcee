namespace Orleans.Embedded.Serialization;

/// <summary>Numbers that bound what a message may cost.</summary>
internal static class WireLimits
{
    /// <summary>Objects within objects. A level takes a few hundred bytes of stack: this many fit the smallest thread several times.</summary>
    public const int Depth = 400;

    /// <summary>From this many bytes on a payload is sent by itself instead of being copied: about where a copy costs as much as a buffer more.</summary>
    public const int AttachmentThreshold = 4096;

    /// <summary>A writer keeps a buffer of up to this size, in bytes, for its next message.</summary>
    public const int LargestKept = 64 * 1024;

    /// <summary>In UTF-8 bytes.</summary>
    public const int TypeNameLength = 1024;

    /// <summary>Names that peers may teach one process: far above what an application has, far below what memory has.</summary>
    public const int TypeNames = 16 * 1024;
}
