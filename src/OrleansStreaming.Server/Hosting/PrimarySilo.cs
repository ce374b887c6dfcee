#if ORLEANS_MICROSOFT
using System.Net;
using System.Net.Sockets;

namespace OrleansStreaming.Server.Hosting;

/// <summary>
/// Orleans' clustering for one machine wants a first silo that keeps the membership for all; which one it is stands in a file of
/// the cluster's directory. When that silo ends, the cluster has to be started anew: this is for development.
/// </summary>
internal static class PrimarySilo
{
    /// <summary>The endpoint of the running first silo; the own one, noted for others, when there is none.</summary>
    public static IPEndPoint Find(string directory, IPEndPoint own)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, ".primary-silo");
        if (File.Exists(path) && IPEndPoint.TryParse(File.ReadAllText(path), out var known) && IsListening(known))
        {
            return known;
        }

        File.WriteAllText(path, own.ToString());
        return own;
    }

    private static bool IsListening(IPEndPoint endpoint)
    {
        using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Connect(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
#endif
