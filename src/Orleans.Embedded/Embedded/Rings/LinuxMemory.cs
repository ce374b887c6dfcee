using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orleans.Embedded.Rings;

/// <summary>
/// Linux' system calls for memory that processes share, which answer as their manual pages say: memfd_create(2), open(2), fcntl(2),
/// ftruncate(2), posix_fallocate(3), mmap(2). Offsets are as wide as a pointer: for processes of 64 bits.
/// </summary>
internal static class LinuxMemory
{
    public const uint CreateUntilExec = 0x1;
    public const uint CreateSealable = 0x2;

    public const int OpenReadWrite = 0x2;
    public const int OpenNoTerminal = 0x100;
    public const int OpenNonBlocking = 0x800;
    public const int OpenUntilExec = 0x80000;

    public const int AddSeals = 1033;
    public const int GetSeals = 1034;
    public const int SealSeals = 0x1;
    public const int SealShrink = 0x2;
    public const int SealGrow = 0x4;

    public const int MapReadWrite = 0x3;
    public const int MapShared = 0x1;

    [DllImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    public static extern SafeFileHandle Create([MarshalAs(UnmanagedType.LPUTF8Str)] string name, uint flags);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    public static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static extern int Control(SafeFileHandle file, int command, int argument);

    [DllImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static extern int SetLength(SafeFileHandle file, nint length);

    /// <summary>Answers the error itself, 0 for none.</summary>
    [DllImport("libc", EntryPoint = "posix_fallocate")]
    public static extern int Allocate(SafeFileHandle file, nint offset, nint length);

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static extern nint Map(nint address, nint length, int protection, int flags, SafeFileHandle file, nint offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static extern int Unmap(nint address, nint length);
}
