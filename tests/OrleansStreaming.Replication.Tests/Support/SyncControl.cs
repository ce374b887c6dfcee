using System.Buffers;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>The real file system, where a test decides when syncs of files end and whether they fail.</summary>
internal sealed class SyncControl : IStorageDevice
{
    private readonly FileStorageDevice _inner = FileStorageDevice.Instance;
    private readonly ManualResetEventSlim _mayEnd = new(true);

    public bool IsFailing { get; set; }

    public int Syncs { get; private set; }

    public void Hold() => _mayEnd.Reset();

    public void Release() => _mayEnd.Set();

    public IStorageFile Open(string path, bool create) => new ControlledFile(this, _inner.Open(path, create));

    public bool FileExists(string path) => _inner.FileExists(path);

    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => _inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => _inner.ListDirectories(directory);

    public void Rename(string source, string target) => _inner.Rename(source, target);

    public void RenameDirectory(string source, string target) => _inner.RenameDirectory(source, target);

    public void DeleteFile(string path) => _inner.DeleteFile(path);

    public void DeleteDirectory(string path) => _inner.DeleteDirectory(path);

    public void FlushDirectory(string path) => _inner.FlushDirectory(path);

    public string? BootId => _inner.BootId;

    public (long Total, long Usable) VolumeOf(string path) => _inner.VolumeOf(path);

    public IDisposable? TryLock(string path) => _inner.TryLock(path);

    private sealed class ControlledFile(SyncControl control, IStorageFile inner) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(long position, Span<byte> destination) => inner.Read(position, destination);

        public void Write(long position, in ReadOnlySequence<byte> bytes) => inner.Write(position, bytes);

        public void SetLength(long length) => inner.SetLength(length);

        public void Flush()
        {
            control._mayEnd.Wait();
            control.Syncs++;
            if (control.IsFailing)
            {
                throw new IOException("The disk is gone.");
            }

            inner.Flush();
        }

        public void Dispose() => inner.Dispose();
    }
}
