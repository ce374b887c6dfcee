using System.Globalization;

namespace OrleansStreaming.Replication.Tests.Support;

/// <summary>The files of grain state, where a test plays another process that writes them.</summary>
internal static class StateFiles
{
    /// <summary>The file with the latest version.</summary>
    public static string Latest(string folder, string grain, string state) =>
        Directory.GetFiles(Path.Combine(folder, "cluster", grain, state), "*.json").MaxBy(VersionOf)!;

    /// <summary>Adds a version after the one in the file.</summary>
    public static Task AddAsync(string latest, string content) => File.WriteAllTextAsync(
        Path.Combine(Path.GetDirectoryName(latest)!, (VersionOf(latest) + 1).ToString(CultureInfo.InvariantCulture) + ".json"), content);

    private static long VersionOf(string file) => long.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture);
}
