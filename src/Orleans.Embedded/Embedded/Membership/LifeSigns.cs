using Orleans.Runtime;

namespace Orleans.Embedded.Membership;

/// <summary>
/// Signs of life in files, one a silo: the process holds the file's lock, which the system drops when the process dies however it
/// dies, and touches the file regularly, which a process that is stopped or stuck does not. Any thread.
/// </summary>
internal sealed class LifeSigns(string directory)
{
    private static readonly DateTime _firstBeat = new(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Announces a silo that is about to join. Disposed at its end, or by the system.</summary>
    public Own Hold(SiloAddress silo)
    {
        Directory.CreateDirectory(directory);
        return new Own(new FileStream(PathOf(silo), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
    }

    /// <summary>False when the silo's process is dead.</summary>
    public bool IsHeld(SiloAddress silo)
    {
        try
        {
            // A shared lock: it fails while the silo has its own, and does not get in the way of others who look.
            using var probe = File.OpenHandle(PathOf(silo), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Changes with each beat; otherwise without meaning.</summary>
    public long LastBeat(SiloAddress silo) => File.GetLastWriteTimeUtc(PathOf(silo)).Ticks;

    /// <summary>Removes what a dead silo has left.</summary>
    public void Remove(SiloAddress silo) => File.Delete(PathOf(silo));

    private string PathOf(SiloAddress silo) =>
        Path.Combine(directory, silo.ToParsableString().Replace(':', '_') + ".alive");

    /// <summary>The own sign of life.</summary>
    public sealed class Own(FileStream file) : IDisposable
    {
        private long _beats;

        /// <summary>A count instead of a time, so that clocks that jump do no harm.</summary>
        public void Beat() => File.SetLastWriteTimeUtc(file.SafeFileHandle, _firstBeat.AddSeconds(Interlocked.Increment(ref _beats)));

        public void Dispose() => file.Dispose();
    }
}
