using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace OrleansStreaming.Storage.Devices;

/// <summary>A file of the operating system, read and written at positions (pread, pwritev).</summary>
internal sealed class OpenFile(SafeFileHandle handle) : IStorageFile
{
    // One writer at a time, so one list of pieces serves every write.
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];

    public SafeFileHandle Handle => handle;

    public long Length => RandomAccess.GetLength(handle);

    public int Read(long position, Span<byte> destination)
    {
        var done = 0;
        while (done < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[done..], position + done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    public void Write(long position, in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            RandomAccess.Write(handle, bytes.FirstSpan, position);
            return;
        }

        try
        {
            foreach (var piece in bytes)
            {
                if (!piece.IsEmpty)
                {
                    _pieces.Add(piece);
                }
            }

            RandomAccess.Write(handle, _pieces, position);
        }
        finally
        {
            _pieces.Clear();
        }
    }

    public void SetLength(long length) => RandomAccess.SetLength(handle, length);

    public void Flush() => RandomAccess.FlushToDisk(handle);

    public void Dispose() => handle.Dispose();
}
