using System.Globalization;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>
/// One content in a folder of its own: a file a version, and the highest version is what is there. A version is made by creating its
/// file, whole and on disk, under a name that only one writer can take: there is no lock that a process could hold while it is
/// stopped. Any thread, any process.
/// </summary>
internal sealed class VersionedFile(string folder)
{
    private const string Suffix = ".json";

    /// <summary>
    /// Older versions stay for a while for those who are just reading them, and so that whoever looks at the folder while it changes
    /// never takes a version for the latest that a writer who slept for long has made of what was there long ago.
    /// </summary>
    private const int VersionsToKeep = 16;

    /// <summary>The latest version and its content; 0 and null when there is none.</summary>
    public async Task<(long Version, byte[]? Content)> ReadAsync()
    {
        while (true)
        {
            var version = Latest();
            if (version == 0)
            {
                return (0, null);
            }

            try
            {
                return (version, await File.ReadAllBytesAsync(PathOf(version)));
            }
            catch (FileNotFoundException)
            {
                // So many newer versions have come that this one was removed.
            }
        }
    }

    /// <summary>The content of a version; null when it was not made, or removed.</summary>
    public byte[]? Find(long version)
    {
        try
        {
            return File.ReadAllBytes(PathOf(version));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Makes the version that follows the one that was read, and answers it; null when another writer has made it. A later one is
    /// answered when it cannot be told: it may follow this one, or this writer slept and has made a version that was long there and
    /// removed. Then the content must tell.
    /// </summary>
    /// <exception cref="IOException">The disk refused: the version may be there or not.</exception>
    public long? TryCreate(long version, ReadOnlySpan<byte> content)
    {
        CreateFolder();
        var path = PathOf(version);
        var temporary = Path.Combine(folder, $"{Guid.NewGuid():N}.tmp");
        using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        if (!ExclusiveName.TryTake(temporary, path))
        {
            return null;
        }

        // Versions are removed in their order: while the one before is there, this one has never been.
        var isNew = File.Exists(PathOf(version - 1));
        DirectorySync.Flush(folder);
        var versions = Versions();
        var latest = versions.Max();
        foreach (var old in versions.Where(old => old <= latest - VersionsToKeep).Order())
        {
            File.Delete(PathOf(old));
        }

        return isNew ? version : latest;
    }

    private void CreateFolder()
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            DirectorySync.Flush(Path.GetDirectoryName(folder)!);
            DirectorySync.Flush(Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!);
        }
    }

    private long Latest() => Versions().DefaultIfEmpty(0).Max();

    private List<long> Versions()
    {
        var versions = new List<long>();
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*" + Suffix))
            {
                var name = Path.GetFileName(path.AsSpan());
                if (long.TryParse(name[..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                {
                    versions.Add(version);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever written.
        }

        return versions;
    }

    private string PathOf(long version) => Path.Combine(folder, version.ToString(CultureInfo.InvariantCulture) + Suffix);
}
