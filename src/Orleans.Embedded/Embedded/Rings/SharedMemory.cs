using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Embedded.Rings;

/// <summary>
/// Memory that two processes of one user have mapped. It lies in no file system and has no name that could stay behind: it is gone
/// when both have let go of it, however they end. Its length is sealed, and bytes that are <see cref="TryAllocate"/>d are there, so
/// that no access to them can fault. Any thread.
/// </summary>
internal sealed unsafe class SharedMemory : SafeBuffer
{
    private const string Name = "orleans-ring";
    private const int SealedLength = LinuxMemory.SealShrink | LinuxMemory.SealGrow;

    private readonly SafeFileHandle _file;

    private SharedMemory(nint address, int length, SafeFileHandle file)
        : base(ownsHandle: true)
    {
        _file = file;
        SetHandle(address);
        Initialize((ulong)length);
    }

    /// <summary>The descriptor under which a peer finds it.</summary>
    public int File => (int)_file.DangerousGetHandle();

    /// <summary>New memory, all zeros, nothing of it allocated.</summary>
    /// <exception cref="IOException">The system does not give it.</exception>
    public static SharedMemory Create(int length)
    {
        RequireSupport();
        var file = LinuxMemory.Create(Name, LinuxMemory.CreateUntilExec | LinuxMemory.CreateSealable);
        try
        {
            Check(!file.IsInvalid);
            Check(LinuxMemory.SetLength(file, length) == 0);
            Check(LinuxMemory.Control(file, LinuxMemory.AddSeals, SealedLength | LinuxMemory.SealSeals) == 0);
            return Map(file, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Memory of that length which a process has under that descriptor.</summary>
    /// <exception cref="IOException">There is none, or this process may not have it.</exception>
    public static SharedMemory Open(int process, int descriptor, int length)
    {
        RequireSupport();
        var path = $"/proc/{process}/fd/{descriptor}";

        // To open what is something else could have effects of its own.
        if (new FileInfo(path).LinkTarget is not { } target || !target.StartsWith($"/memfd:{Name}", StringComparison.Ordinal))
        {
            throw new IOException($"{path} is not what it should be.");
        }

        var file = LinuxMemory.Open(
            path, LinuxMemory.OpenReadWrite | LinuxMemory.OpenNoTerminal | LinuxMemory.OpenNonBlocking | LinuxMemory.OpenUntilExec);
        try
        {
            Check(!file.IsInvalid);
            var seals = LinuxMemory.Control(file, LinuxMemory.GetSeals, 0);
            Check(seals >= 0);
            return (seals & SealedLength) == SealedLength && RandomAccess.GetLength(file) == length
                ? Map(file, length)
                : throw new IOException($"{path} is not of the sealed length {length}.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes sure that these bytes are there: otherwise the first access to one of them could find that the system has no page for
    /// it, which ends the process. Cheap when they are there already.
    /// </summary>
    public bool TryAllocate(int position, int count) => LinuxMemory.Allocate(_file, position, count) == 0;

    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public void Write(int position, ReadOnlySpan<byte> bytes)
    {
        byte* start = null;
        AcquirePointer(ref start);
        try
        {
            bytes.CopyTo(new Span<byte>(start, (int)ByteLength)[position..]);
        }
        finally
        {
            ReleasePointer();
        }
    }

    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public void Read(int position, Span<byte> bytes)
    {
        byte* start = null;
        AcquirePointer(ref start);
        try
        {
            new ReadOnlySpan<byte>(start, (int)ByteLength).Slice(position, bytes.Length).CopyTo(bytes);
        }
        finally
        {
            ReleasePointer();
        }
    }

    /// <summary>Writes a number in one piece, after everything that was read or written before.</summary>
    /// <param name="position">A multiple of 8.</param>
    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public void Publish(int position, long number)
    {
        byte* start = null;
        AcquirePointer(ref start);
        try
        {
            Volatile.Write(ref *(long*)(start + position), number);
        }
        finally
        {
            ReleasePointer();
        }
    }

    /// <summary>Reads what was published there, before everything that is read or written afterwards.</summary>
    /// <inheritdoc cref="Publish"/>
    public long Published(int position)
    {
        byte* start = null;
        AcquirePointer(ref start);
        try
        {
            return Volatile.Read(ref *(long*)(start + position));
        }
        finally
        {
            ReleasePointer();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle() => LinuxMemory.Unmap(handle, (nint)ByteLength) == 0;

    private static SharedMemory Map(SafeFileHandle file, int length)
    {
        var address = LinuxMemory.Map(0, length, LinuxMemory.MapReadWrite, LinuxMemory.MapShared, file, 0);
        Check(address != -1);
        return new SharedMemory(address, length, file);
    }

    private static void RequireSupport()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            throw new IOException("Memory is shared on Linux with 64 bits only.");
        }
    }

    private static void Check(bool isDone)
    {
        if (!isDone)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        }
    }
}
