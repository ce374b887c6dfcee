namespace OrleansStreaming.Storage.Devices;

/// <summary>
/// The seam to the file system: everything the log does to a disk goes through here, so that tests can tear writes, lose
/// unsynced bytes, flip bits and fill the disk. Failures are <see cref="IOException"/>s.
/// </summary>
public interface IStorageDevice
{
    /// <summary>Opens for reading and writing, creating it (and no folder) when <paramref name="create"/>.</summary>
    IStorageFile Open(string path, bool create);

    bool FileExists(string path);

    bool DirectoryExists(string path);

    void CreateDirectory(string path);

    /// <summary>Full paths of the files in a folder.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Full paths of the folders in a folder.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Atomically replaces <paramref name="target"/>. A file that is open stays readable under its new name.</summary>
    void Rename(string source, string target);

    void RenameDirectory(string source, string target);

    /// <summary>Removes the name; whoever has the file open can still read it. Does nothing when there is no such file.</summary>
    void DeleteFile(string path);

    /// <summary>Removes the folder and everything in it.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes creations, renames and deletions in the folder survive a power cut.</summary>
    void FlushDirectory(string path);

    /// <summary>
    /// Names the run of the operating system: while it is the same, nothing written is lost. Null when it cannot be told.
    /// </summary>
    string? BootId { get; }

    /// <summary>Total and usable bytes of the volume that holds the path.</summary>
    (long Total, long Usable) VolumeOf(string path);

    /// <summary>
    /// Takes an exclusive lock on the file, creating it, until disposed or the process ends; null when somebody else has it.
    /// </summary>
    IDisposable? TryLock(string path);
}
