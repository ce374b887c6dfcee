namespace OrleansStreaming.Records.Compression.Native;

/// <summary>The functions of liblz4's frame API (1.8 and later) that are used here.</summary>
internal static unsafe class Lz4Api
{
    internal static readonly NativeLibraryFile Library = new(
        CompressionType.Lz4, "liblz4-1", "liblz4.so.1", "liblz4.so", "liblz4.1.dylib", "liblz4.dylib", "liblz4.dll", "lz4.dll");

    /// <summary><c>LZ4F_VERSION</c></summary>
    internal const uint Version = 100;

    /// <summary>The addresses live in a type of their own so that asking for <see cref="Library"/> never throws.</summary>
    internal static class Functions
    {
        internal static readonly delegate* unmanaged[Cdecl]<nuint, uint> IsError =
            (delegate* unmanaged[Cdecl]<nuint, uint>)Library.Export("LZ4F_isError");

        internal static readonly delegate* unmanaged[Cdecl]<nint*, uint, nuint> CreateDecompression =
            (delegate* unmanaged[Cdecl]<nint*, uint, nuint>)Library.Export("LZ4F_createDecompressionContext");

        internal static readonly delegate* unmanaged[Cdecl]<nint, nuint> FreeDecompression =
            (delegate* unmanaged[Cdecl]<nint, nuint>)Library.Export("LZ4F_freeDecompressionContext");

        internal static readonly delegate* unmanaged[Cdecl]<nint, void> ResetDecompression =
            (delegate* unmanaged[Cdecl]<nint, void>)Library.Export("LZ4F_resetDecompressionContext");

        internal static readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, nuint*, void*, nuint> Decompress =
            (delegate* unmanaged[Cdecl]<nint, byte*, nuint*, byte*, nuint*, void*, nuint>)Library.Export("LZ4F_decompress");

        internal static readonly delegate* unmanaged[Cdecl]<nuint, Lz4Preferences*, nuint> CompressFrameBound =
            (delegate* unmanaged[Cdecl]<nuint, Lz4Preferences*, nuint>)Library.Export("LZ4F_compressFrameBound");

        internal static readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, Lz4Preferences*, nuint> CompressFrame =
            (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint, Lz4Preferences*, nuint>)Library.Export("LZ4F_compressFrame");
    }
}

/// <summary><c>LZ4F_preferences_t</c>; all zero means the library's defaults.</summary>
internal unsafe struct Lz4Preferences
{
    /// <summary>4 is 64 KiB.</summary>
    internal int BlockSizeId;

    /// <summary>1 is independent blocks.</summary>
    internal int BlockMode;
    internal int ContentChecksum;
    internal int FrameType;
    internal ulong ContentSize;
    internal uint DictionaryId;
    internal int BlockChecksum;
    internal int CompressionLevel;
    internal uint AutoFlush;
    internal uint FavorDecompressionSpeed;
    internal fixed uint Reserved[3];
}
