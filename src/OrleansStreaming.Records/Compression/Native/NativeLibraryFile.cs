using System.Runtime.InteropServices;

namespace OrleansStreaming.Records.Compression.Native;

/// <summary>One of the system's shared libraries, loaded at first use and kept for the life of the process.</summary>
internal sealed class NativeLibraryFile
{
    private readonly Lazy<nint> _handle;
    private readonly Lazy<CompressionLibraryMissingException?> _missing;

    /// <param name="debianPackage">The package to install when it is missing.</param>
    /// <param name="names">File names to try in turn; the first is Linux' own and stands in messages.</param>
    internal NativeLibraryFile(CompressionType type, string debianPackage, params string[] names)
    {
        _handle = new Lazy<nint>(() => Load(names));
        _missing = new Lazy<CompressionLibraryMissingException?>(() => _handle.Value != 0
            ? null
            : new CompressionLibraryMissingException(
                type,
                names[0],
                debianPackage,
                $"{type} compression needs the system library {names[0]}, which is not installed (Debian, Ubuntu: apt-get install {debianPackage})."));
    }

    /// <summary>Null when the library is there.</summary>
    internal CompressionLibraryMissingException? Missing => _missing.Value;

    /// <summary>The address of an exported function.</summary>
    /// <exception cref="CompressionLibraryMissingException">The library is not installed.</exception>
    internal nint Export(string name) =>
        Missing is { } missing ? throw missing : NativeLibrary.GetExport(_handle.Value, name);

    private static nint Load(string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
