using System.Globalization;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>Where a broker listens.</summary>
internal readonly record struct BrokerAddress(string Host, int Port)
{
    private const int DefaultPort = 9092;

    /// <summary>Reads <c>host:port,host:port</c>; the port may be left out, and IPv6 stands in brackets.</summary>
    public static bool TryParseList(string text, out IReadOnlyList<BrokerAddress> addresses)
    {
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var found = new List<BrokerAddress>();
        foreach (var part in parts)
        {
            if (!TryParse(part, out var address))
            {
                break;
            }

            found.Add(address);
        }

        addresses = found;
        return found.Count > 0 && found.Count == parts.Length;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool TryParse(string text, out BrokerAddress address)
    {
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']');
        var port = DefaultPort;
        var isGood = !hasPort
            || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue);
        var host = (hasPort ? text[..colon] : text).Trim('[', ']');
        address = new BrokerAddress(host, port);
        return isGood && host.Length > 0 && !host.Contains('/');
    }
}
