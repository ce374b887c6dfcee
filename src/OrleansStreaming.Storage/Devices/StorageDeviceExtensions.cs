using System.Buffers;

namespace OrleansStreaming.Storage.Devices;

/// <summary>Whole-file reads and writes of the small files beside the log, and reads that end only where the file does.</summary>
internal static class StorageDeviceExtensions
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Reads until the span is full or the file ends, whatever pieces the device answers in.</summary>
    public static int ReadFully(this IStorageFile file, long position, Span<byte> destination)
    {
        var done = 0;
        while (done < destination.Length)
        {
            var read = file.Read(position + done, destination[done..]);
            if (read <= 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }

    /// <summary>The file's bytes, or null when there is no such file.</summary>
    public static byte[]? TryReadAllBytes(this IStorageDevice device, string path)
    {
        if (!device.FileExists(path))
        {
            return null;
        }

        using var file = device.Open(path, create: false);
        var bytes = new byte[checked((int)file.Length)];
        var read = file.ReadFully(0, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>
    /// Replaces the file so that after a power cut either the old or the new content is there, whole: written beside it,
    /// synced, renamed, and the folder synced.
    /// </summary>
    public static void ReplaceAllBytes(this IStorageDevice device, string path, byte[] content)
    {
        var temporary = path + TemporarySuffix;
        device.WriteAllBytes(temporary, content, sync: true);
        device.Rename(temporary, path);
        device.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes the file under its own name; a power cut can leave a part of it, or nothing.</summary>
    public static void WriteAllBytes(this IStorageDevice device, string path, byte[] content, bool sync = false)
    {
        using var file = device.Open(path, create: true);
        file.SetLength(0);
        file.Write(0, new ReadOnlySequence<byte>(content));
        if (sync)
        {
            file.Flush();
        }
    }
}
