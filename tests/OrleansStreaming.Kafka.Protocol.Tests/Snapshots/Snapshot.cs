using System.Globalization;
using System.Runtime.CompilerServices;

namespace OrleansStreaming.Kafka.Protocol.Tests.Snapshots;

/// <summary>One line of a snapshot file: API, version, <c>req</c> or <c>resp</c>, header version, the body's bytes in hex.</summary>
public sealed record Snapshot(string Api, short Version, bool IsRequest, short HeaderVersion, byte[] Body)
{
    public static IReadOnlyList<Snapshot> Load(string file) => File
        .ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Snapshots", file))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(Parse)
        .ToArray();

    /// <summary>
    /// Compares lines with a file, and first writes them into the sources when RECORD_SNAPSHOTS=1 is set: for a new version,
    /// never to make a red test green.
    /// </summary>
    public static void Match(string file, IEnumerable<Snapshot> now, [CallerFilePath] string testFile = "")
    {
        string[] lines = now.Select(snapshot => snapshot.ToString()).ToArray();
        if (Environment.GetEnvironmentVariable("RECORD_SNAPSHOTS") == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(testFile)!, file), string.Join('\n', lines) + "\n");
        }

        Assert.Equal(Load(file).Select(snapshot => snapshot.ToString()), lines);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Api}\t{Version}\t{(IsRequest ? "req" : "resp")}\t{HeaderVersion}\t{Convert.ToHexStringLower(Body)}");

    private static Snapshot Parse(string line)
    {
        string[] parts = line.Split('\t');
        return new Snapshot(
            parts[0],
            short.Parse(parts[1], CultureInfo.InvariantCulture),
            parts[2] == "req",
            short.Parse(parts[3], CultureInfo.InvariantCulture),
            Convert.FromHexString(parts[4]));
    }
}
