using System.Runtime.InteropServices;

namespace OrleansStreaming.Storage.Devices;

/// <summary>The operating system's file system.</summary>
public sealed class FileStorageDevice : IStorageDevice
{
    public static readonly FileStorageDevice Instance = new();

    // What flock answers when another holder has the file: EWOULDBLOCK on Linux and on macOS, a sharing violation on Windows.
    private static readonly int[] _lockConflicts = [11, 35, unchecked((int)0x80070020)];

    private FileStorageDevice()
    {
    }

    public IStorageFile Open(string path, bool create) => Guarded(
        (path, create),
        static x => new OpenFile(File.OpenHandle(
            x.path,
            x.create ? FileMode.OpenOrCreate : FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.ReadWrite | FileShare.Delete)));

    public bool FileExists(string path) => File.Exists(path);

    public bool DirectoryExists(string path) => Directory.Exists(path);

    public void CreateDirectory(string path) => Guarded(path, static x => Directory.CreateDirectory(x));

    public IReadOnlyList<string> ListFiles(string directory) => Guarded(directory, static x => Directory.GetFiles(x));

    public IReadOnlyList<string> ListDirectories(string directory) => Guarded(directory, static x => Directory.GetDirectories(x));

    public void Rename(string source, string target) => Guarded((source, target), static x =>
    {
        File.Move(x.source, x.target, overwrite: true);
        return true;
    });

    public void RenameDirectory(string source, string target) => Guarded((source, target), static x =>
    {
        Directory.Move(x.source, x.target);
        return true;
    });

    public void DeleteFile(string path) => Guarded(path, static x =>
    {
        File.Delete(x);
        return true;
    });

    public void DeleteDirectory(string path) => Guarded(path, static x =>
    {
        Directory.Delete(x, recursive: true);
        return true;
    });

    public void FlushDirectory(string path)
    {
        // Windows journals names itself and has no call for it.
        if (!OperatingSystem.IsWindows())
        {
            PosixDirectory.Flush(path);
        }
    }

    public string? BootId { get; } = ReadBootId();

    public (long Total, long Usable) VolumeOf(string path) => Guarded(path, static x =>
    {
        var drive = new DriveInfo(x);
        return (drive.TotalSize, drive.AvailableFreeSpace);
    });

    public IDisposable? TryLock(string path)
    {
        try
        {
            return Guarded(path, static x => new FileStream(x, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (_lockConflicts.Contains(e.HResult))
        {
            return null;
        }
    }

    private static TResult Guarded<TArgument, TResult>(TArgument argument, Func<TArgument, TResult> call)
    {
        try
        {
            return call(argument);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Linux: a new UUID at each start of the kernel (proc(5)).</summary>
    private static string? ReadBootId()
    {
        const string Source = "/proc/sys/kernel/random/boot_id";
        try
        {
            return File.Exists(Source) ? File.ReadAllText(Source).Trim() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static class PosixDirectory
    {
        private const int ReadOnly = 0;

        public static void Flush(string path)
        {
            var descriptor = Open(path, ReadOnly);
            if (descriptor < 0)
            {
                throw Failure("open", path);
            }

            try
            {
                if (Fsync(descriptor) < 0)
                {
                    throw Failure("fsync", path);
                }
            }
            finally
            {
                _ = Close(descriptor);
            }
        }

        private static IOException Failure(string call, string path) =>
            new($"{call} of folder '{path}' failed: {Marshal.GetLastPInvokeErrorMessage()}");

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        private static extern int Fsync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        private static extern int Close(int descriptor);
    }
}
