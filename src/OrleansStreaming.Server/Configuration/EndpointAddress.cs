using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace OrleansStreaming.Server.Configuration;

/// <summary>
/// <c>HOST:PORT</c> as operators write it: a name, an IPv4 address, or an IPv6 address in brackets; an empty host or
/// <c>*</c> is every interface; port 0 asks for any free one.
/// </summary>
internal sealed record EndpointAddress(string Host, int Port)
{
    /// <summary>True when it stands for every interface, which clients cannot connect to.</summary>
    public bool IsWildcard => IPAddress.TryParse(Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    public static bool TryParse(string text, [NotNullWhen(true)] out EndpointAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon < 0 ||
            !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ||
            port > IPEndPoint.MaxPort)
        {
            return false;
        }

        var host = text[..colon];
        if (host is "" or "*" or "+")
        {
            host = IPAddress.Any.ToString();
        }
        else if (host[0] == '[')
        {
            if (host[^1] != ']' || !IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var literal))
            {
                return false;
            }

            host = literal.ToString();
        }
        else if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            return false; // an IPv6 address without brackets is ambiguous
        }

        address = new EndpointAddress(host, port);
        return true;
    }

    /// <summary>Where to bind. A name may have several addresses: IPv4 wins, as clients try it first.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The name is unknown.</exception>
    public IPEndPoint Resolve()
    {
        if (!IPAddress.TryParse(Host, out var address))
        {
            var all = Dns.GetHostAddresses(Host);
            address = all.FirstOrDefault(candidate => candidate.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) ?? all[0];
        }

        return new IPEndPoint(address, Port);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}");
}
