namespace OrleansStreaming.Records.Compression.Native;

/// <summary>libsnappy's C API; every function answers 0 for success.</summary>
internal static unsafe class SnappyApi
{
    internal static readonly NativeLibraryFile Library = new(
        CompressionType.Snappy, "libsnappy1v5", "libsnappy.so.1", "libsnappy.so", "libsnappy.1.dylib", "libsnappy.dylib", "snappy.dll", "libsnappy.dll");

    /// <summary>The addresses live in a type of their own so that asking for <see cref="Library"/> never throws.</summary>
    internal static class Functions
    {
        internal static readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int> Compress =
            (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int>)Library.Export("snappy_compress");

        internal static readonly delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int> Uncompress =
            (delegate* unmanaged[Cdecl]<byte*, nuint, byte*, nuint*, int>)Library.Export("snappy_uncompress");

        internal static readonly delegate* unmanaged[Cdecl]<nuint, nuint> MaxCompressedLength =
            (delegate* unmanaged[Cdecl]<nuint, nuint>)Library.Export("snappy_max_compressed_length");

        internal static readonly delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, int> UncompressedLength =
            (delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, int>)Library.Export("snappy_uncompressed_length");
    }
}
