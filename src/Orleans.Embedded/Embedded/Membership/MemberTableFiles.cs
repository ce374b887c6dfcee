using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>
/// The member table in a directory that all silos share: one file a version, and the highest version is the table. A new version
/// is made by creating its file, which only one writer can do: there is no lock that a stopped process could hold. Any thread,
/// any process. Blocks for the time of small reads and writes.
/// </summary>
internal sealed class MemberTableFiles(string directory)
{
    private const string Prefix = "members.";
    private const string Suffix = ".json";

    /// <summary>Older versions stay for a while for those who are just reading them.</summary>
    private const int VersionsToKeep = 8;

    private readonly string _ownSuffix = $".{Guid.NewGuid():N}";
    private int _lastTemporary;
    private MemberTable _last = MemberTable.Empty;

    /// <summary>The latest table; empty when there is none.</summary>
    /// <exception cref="OrleansConfigurationException">The file is not a member table.</exception>
    public MemberTable Read()
    {
        while (true)
        {
            var version = LatestVersion();
            var last = Volatile.Read(ref _last);
            if (version <= last.Version)
            {
                return last;
            }

            try
            {
                var read = Parse(version, File.ReadAllBytes(PathOf(version)));
                Volatile.Write(ref _last, read);
                return read;
            }
            catch (FileNotFoundException)
            {
                // So many newer versions have come that this one was removed.
            }
        }
    }

    /// <summary>Changes the latest table until the change says that it holds.</summary>
    /// <param name="change">The changed table with the next version; null when nothing is left to change.</param>
    /// <returns>The latest table, in which the change holds.</returns>
    public MemberTable Update(Func<MemberTable, MemberTable?> change)
    {
        while (true)
        {
            var table = Read();
            if (change(table) is not { } changed)
            {
                return table;
            }

            // Looked at again whoever wins: a writer that slept may create a version that was long there and removed.
            TryCreate(changed);
        }
    }

    private void TryCreate(MemberTable table)
    {
        Directory.CreateDirectory(directory);
        var path = PathOf(table.Version);
        var temporary = $"{path}{_ownSuffix}.{Interlocked.Increment(ref _lastTemporary)}.tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, Format(table), 0);
            RandomAccess.FlushToDisk(file);
        }

        if (!ExclusiveName.TryTake(temporary, path))
        {
            return;
        }

        foreach (var old in Versions().Where(version => version <= table.Version - VersionsToKeep))
        {
            File.Delete(PathOf(old));
        }
    }

    private long LatestVersion() => Versions().DefaultIfEmpty(0).Max();

    private List<long> Versions()
    {
        var versions = new List<long>();
        if (!Directory.Exists(directory))
        {
            return versions;
        }

        foreach (var path in Directory.EnumerateFiles(directory, Prefix + "*" + Suffix))
        {
            var name = Path.GetFileName(path.AsSpan());
            if (long.TryParse(name[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            {
                versions.Add(version);
            }
        }

        return versions;
    }

    private string PathOf(long version) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{version}{Suffix}"));

    private static byte[] Format(MemberTable table) => JsonSerializer.SerializeToUtf8Bytes(new TableRow(
        table.ClusterId,
        [.. table.Members.Select(member => new MemberRow(member.Name, member.SiloAddress.ToParsableString(), member.Status.ToString()))]));

    private MemberTable Parse(long version, byte[] content)
    {
        try
        {
            var row = JsonSerializer.Deserialize<TableRow>(content)!;
            return new MemberTable(row.ClusterId, version, [.. row.Members.Select(member => new ClusterMember(
                SiloAddress.FromParsableString(member.Address), Enum.Parse<SiloStatus>(member.Status), member.Name))]);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or ArgumentException or NullReferenceException)
        {
            throw new OrleansConfigurationException($"{PathOf(version)} is not a member table.", failure);
        }
    }

    private sealed record TableRow(string ClusterId, ImmutableArray<MemberRow> Members);

    private sealed record MemberRow(string Name, string Address, string Status);
}
