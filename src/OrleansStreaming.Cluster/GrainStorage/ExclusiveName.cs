using System.Runtime.InteropServices;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>Gives a finished file its name only if nobody has taken it, in one step, also among processes.</summary>
internal static class ExclusiveName
{
    /// <summary>EEXIST, on every system that has it.</summary>
    private const int Exists = 17;

    /// <summary>False when there is a file of that name. The temporary file is gone in either case.</summary>
    /// <exception cref="IOException">It is not possible, for instance on a file system without hard links.</exception>
    public static bool TryTake(string temporary, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMove(temporary, path);
        }

        // Not File.Move: without overwriting it looks whether the name is free, and then renames all the same.
        var isTaken = Link(temporary, path) != 0;
        var error = isTaken ? Marshal.GetLastPInvokeError() : 0;
        File.Delete(temporary);
        return error is 0 or Exists
            ? !isTaken
            : throw new IOException($"{path} cannot be linked: {Marshal.GetPInvokeErrorMessage(error)}. The directory must be on a local file system with hard links.");
    }

    private static bool TryMove(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string added);
}
