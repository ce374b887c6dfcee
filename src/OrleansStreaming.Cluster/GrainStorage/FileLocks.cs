namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>
/// Locks between writers of the same file, in this process and in others: a fixed set of lock files, chosen by the path's hash.
/// The system releases them when a process dies. Any thread.
/// </summary>
internal sealed class FileLocks(string directory, TimeProvider time)
{
    private const int Stripes = 64;

    // How the systems say that somebody else holds the file.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    /// <summary>Another process holds a lock only for one small write.</summary>
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(2);

    private readonly SemaphoreSlim[] _local = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Completes when the caller is the only one; dispose to let go.</summary>
    public async Task<IDisposable> AcquireAsync(string path)
    {
        var stripe = StripeOf(path);
        await _local[stripe].WaitAsync();
        try
        {
            Directory.CreateDirectory(directory);
            var lockPath = Path.Combine(directory, stripe.ToString("00", System.Globalization.CultureInfo.InvariantCulture));
            while (true)
            {
                if (TryOpen(lockPath) is { } file)
                {
                    return new Held(file, _local[stripe]);
                }

                await Task.Delay(_retryDelay, time);
            }
        }
        catch
        {
            _local[stripe].Release();
            throw;
        }
    }

    /// <summary>The same in every process, unlike <see cref="string.GetHashCode()"/>.</summary>
    private static int StripeOf(string path)
    {
        var hash = 2166136261u;
        foreach (var c in path)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)(hash % Stripes);
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            return null;
        }
    }

    private sealed class Held(FileStream file, SemaphoreSlim local) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            local.Release();
        }
    }
}
