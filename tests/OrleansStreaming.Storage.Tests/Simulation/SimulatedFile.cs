using System.Buffers;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Tests.Simulation;

/// <summary>An open file of a <see cref="SimulatedStorageDevice"/>; it goes on after its name is gone, and ends with a crash.</summary>
internal sealed class SimulatedFile(SimulatedStorageDevice device, SimulatedInode inode, int life) : IStorageFile
{
    private bool _isDisposed;

    public long Length
    {
        get
        {
            lock (device.Gate)
            {
                ThrowIfGone();
                return inode.Length;
            }
        }
    }

    public int Read(long position, Span<byte> destination)
    {
        lock (device.Gate)
        {
            ThrowIfGone();
            return inode.Read(position, destination[..device.PermittedRead(destination.Length)]);
        }
    }

    public void Write(long position, in ReadOnlySequence<byte> bytes)
    {
        lock (device.Gate)
        {
            ThrowIfGone();
            var permitted = device.PermittedWrite(bytes.Length, Math.Max(0, position + bytes.Length - inode.Length));
            inode.Write(position, bytes.Slice(0, permitted));
            if (permitted < bytes.Length)
            {
                throw new IOException("No space left on device.");
            }
        }
    }

    public void SetLength(long length)
    {
        lock (device.Gate)
        {
            ThrowIfGone();
            device.Step();
            inode.SetLength(length);
        }
    }

    public void Flush()
    {
        lock (device.Gate)
        {
            ThrowIfGone();
            device.BeforeFlush();
            inode.Sync();
        }
    }

    public void Dispose() => _isDisposed = true;

    private void ThrowIfGone()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (life != device.Life)
        {
            throw new IOException("The machine has crashed since this file was opened.");
        }
    }
}
