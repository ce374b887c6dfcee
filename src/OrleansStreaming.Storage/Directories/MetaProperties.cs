using System.Globalization;
using System.Text;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Directories;

/// <summary>
/// The file <c>meta.properties</c>, version 1: whose directory this is. Java properties, so that Kafka's tools read it.
/// </summary>
internal sealed record MetaProperties(BrokerId Node, string? ClusterId, Guid DirectoryId)
{
    public const string FileName = "meta.properties";

    private const string Version = "version";
    private const string Cluster = "cluster.id";
    private const string NodeId = "node.id";
    private const string BrokerIdOfVersion0 = "broker.id";
    private const string Directory = "directory.id";

    /// <summary>Null when there is no such file.</summary>
    /// <exception cref="LogDirectoryException">The file is there but does not say whose the directory is.</exception>
    public static MetaProperties? Read(IStorageDevice device, string path)
    {
        if (device.TryReadAllBytes(Path.Combine(path, FileName)) is not { } content)
        {
            return null;
        }

        var properties = Parse(Encoding.UTF8.GetString(content));
        if (!properties.TryGetValue(properties.ContainsKey(NodeId) ? NodeId : BrokerIdOfVersion0, out var node)
            || !int.TryParse(node, CultureInfo.InvariantCulture, out var id))
        {
            throw new LogDirectoryException($"'{Path.Combine(path, FileName)}' names no {NodeId}; it is damaged or not ours.");
        }

        var hasDirectoryId = KafkaUuid.TryParse(properties.GetValueOrDefault(Directory, string.Empty), out var directoryId);
        return new MetaProperties(
            new BrokerId(id),
            properties.GetValueOrDefault(Cluster),
            hasDirectoryId ? directoryId : Guid.Empty);
    }

    public void Write(IStorageDevice device, string path)
    {
        var text = new StringBuilder("#\n");
        if (ClusterId is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Cluster}={Escape(ClusterId)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Directory}={KafkaUuid.Format(DirectoryId)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{NodeId}={Node}\n{Version}=1\n");
        device.ReplaceAllBytes(Path.Combine(path, FileName), Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static Dictionary<string, string> Parse(string text)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var separator = line.IndexOf('=', StringComparison.Ordinal);
            if (separator > 0 && line[0] is not ('#' or '!'))
            {
                properties[line[..separator].Trim()] = line[(separator + 1)..].Trim().Replace("\\", string.Empty, StringComparison.Ordinal);
            }
        }

        return properties;
    }

    // The separators of the format; cluster ids of our own have none of them.
    private static string Escape(string value) =>
        value.Replace(":", "\\:", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal);
}
