namespace OrleansStreaming.Records.Compression.Native;

/// <summary>The functions of libzstd (stable API, 1.4 and later) that are used here.</summary>
internal static unsafe class ZstdApi
{
    internal static readonly NativeLibraryFile Library = new(
        CompressionType.Zstd, "libzstd1", "libzstd.so.1", "libzstd.so", "libzstd.1.dylib", "libzstd.dylib", "libzstd.dll", "zstd.dll");

    /// <summary><c>ZSTD_reset_session_only</c>: forget the frame, keep the context.</summary>
    internal const int ResetSession = 1;

    /// <summary>The addresses live in a type of their own so that asking for <see cref="Library"/> never throws.</summary>
    internal static class Functions
    {
        internal static readonly delegate* unmanaged[Cdecl]<nuint, uint> IsError =
            (delegate* unmanaged[Cdecl]<nuint, uint>)Library.Export("ZSTD_isError");

        internal static readonly delegate* unmanaged[Cdecl]<nint> CreateDecompression =
            (delegate* unmanaged[Cdecl]<nint>)Library.Export("ZSTD_createDCtx");

        internal static readonly delegate* unmanaged[Cdecl]<nint, nuint> FreeDecompression =
            (delegate* unmanaged[Cdecl]<nint, nuint>)Library.Export("ZSTD_freeDCtx");

        internal static readonly delegate* unmanaged[Cdecl]<nint, int, nuint> ResetDecompression =
            (delegate* unmanaged[Cdecl]<nint, int, nuint>)Library.Export("ZSTD_DCtx_reset");

        internal static readonly delegate* unmanaged[Cdecl]<nint, nuint> SizeOfDecompression =
            (delegate* unmanaged[Cdecl]<nint, nuint>)Library.Export("ZSTD_sizeof_DCtx");

        internal static readonly delegate* unmanaged[Cdecl]<nint, ZstdBuffer*, ZstdBuffer*, nuint> DecompressStream =
            (delegate* unmanaged[Cdecl]<nint, ZstdBuffer*, ZstdBuffer*, nuint>)Library.Export("ZSTD_decompressStream");

        internal static readonly delegate* unmanaged[Cdecl]<nint> CreateCompression =
            (delegate* unmanaged[Cdecl]<nint>)Library.Export("ZSTD_createCCtx");

        internal static readonly delegate* unmanaged[Cdecl]<nint, nuint> FreeCompression =
            (delegate* unmanaged[Cdecl]<nint, nuint>)Library.Export("ZSTD_freeCCtx");

        internal static readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, int, nuint> Compress =
            (delegate* unmanaged[Cdecl]<nint, byte*, nuint, byte*, nuint, int, nuint>)Library.Export("ZSTD_compressCCtx");

        internal static readonly delegate* unmanaged[Cdecl]<nuint, nuint> CompressBound =
            (delegate* unmanaged[Cdecl]<nuint, nuint>)Library.Export("ZSTD_compressBound");
    }
}

/// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>, which have the same layout.</summary>
internal unsafe struct ZstdBuffer
{
    internal byte* Start;
    internal nuint Size;
    internal nuint Position;
}
