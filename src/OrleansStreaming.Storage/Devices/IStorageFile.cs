using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace OrleansStreaming.Storage.Devices;

/// <summary>An open file. Reads may run beside one writer.</summary>
public interface IStorageFile : IDisposable
{
    long Length { get; }

    /// <summary>The operating system's own, for calls that move bytes from file to socket; null when there is none.</summary>
    SafeFileHandle? Handle => null;

    /// <summary>Reads up to the span's length; fewer only at the end of the file.</summary>
    int Read(long position, Span<byte> destination);

    /// <summary>Writes all of it, in one vectored call where the system has one.</summary>
    void Write(long position, in ReadOnlySequence<byte> bytes);

    void SetLength(long length);

    /// <summary>fsync.</summary>
    void Flush();
}
