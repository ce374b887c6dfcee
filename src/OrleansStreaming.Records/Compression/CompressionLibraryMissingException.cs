namespace OrleansStreaming.Records.Compression;

/// <summary>A codec's system library is not installed (or too old). The message names the library and the Debian package.</summary>
public sealed class CompressionLibraryMissingException : Exception
{
    internal CompressionLibraryMissingException(CompressionType type, string library, string debianPackage, string message)
        : base(message)
    {
        Type = type;
        Library = library;
        DebianPackage = debianPackage;
    }

    public CompressionType Type { get; }

    /// <summary>The shared library's file name on Linux, for example <c>libzstd.so.1</c>.</summary>
    public string Library { get; }

    /// <summary>The package of Debian and its descendants that has it, for example <c>libzstd1</c>.</summary>
    public string DebianPackage { get; }
}
