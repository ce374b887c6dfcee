using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>sendfile(2): from the page cache to a socket, without a copy in between. Linux only.</summary>
internal static class SendFile
{
    private static readonly bool _isSupported = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>
    /// Sends what the socket takes at once; 0 when it takes nothing. The socket must have been received from asynchronously before:
    /// that is what makes .NET set it to non-blocking, and without that this call would wait for the client.
    /// </summary>
    public static int TrySend(Socket socket, SafeFileHandle file, long position, int count)
    {
        if (!_isSupported)
        {
            return 0;
        }

        var sent = Send(socket.SafeHandle, file, ref position, count);
        return sent > 0 ? (int)sent : 0;
    }

    [DllImport("libc", EntryPoint = "sendfile")]
    private static extern nint Send(SafeSocketHandle socket, SafeFileHandle file, ref long position, nint count);
}
