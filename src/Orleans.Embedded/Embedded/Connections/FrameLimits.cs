namespace Orleans.Embedded.Connections;

/// <summary>What a message may be at most; a connection that brings more is closed before anything is allocated for it.</summary>
internal static class FrameLimits
{
    /// <summary>Length of the head, number of attachments; then the length of each attachment: 4 bytes each, little-endian.</summary>
    public const int HeaderBytes = 8;

    /// <summary>A flag in the length of an attachment whose bytes are not behind the frame but next in the link's ring.</summary>
    public const int InRing = 1 << 30;

    /// <summary>Beside that flag: at the start of the ring.</summary>
    public const int AtStart = 1 << 29;

    /// <summary>Below, an attachment travels over the link: its system calls are made all the same.</summary>
    public const int SmallestInRing = 16 * 1024;

    /// <summary>Default of Orleans' MaxMessageBodySize.</summary>
    public const int MaxFrameBytes = 100 * 1024 * 1024;

    public const int MaxAttachments = 64 * 1024;

    /// <summary>From this size on a message goes over the connection of the large ones.</summary>
    public const int LargeFrameBytes = 32 * 1024;

    /// <summary>What may wait for a peer that does not read.</summary>
    public const long MaxQueuedBytes = 256L * 1024 * 1024;
}
