using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Directories;

public sealed partial class LogDirectory
{
    /// <summary>
    /// Takes the directory for this broker, creating it when new, and finds its logs without recovering them.
    /// </summary>
    /// <param name="background">Where syncs and removals run; the thread pool when null.</param>
    /// <exception cref="LogDirectoryException">Locked by another process, unwritable, foreign, or of another broker: the message is for people.</exception>
    public static LogDirectory Open(string path, BrokerId broker, IStorageDevice device, TimeProvider time, TaskScheduler? background = null)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Create(path, device);
            RefuseForeign(path, broker, device);
            var @lock = device.TryLock(System.IO.Path.Combine(path, DirectoryLayout.Lock))
                ?? throw new LogDirectoryException($"Data directory '{path}' is in use by another process.");
            try
            {
                // Once more under the lock: another process may have made it its own in between.
                var meta = RefuseForeign(path, broker, device) ?? new MetaProperties(broker, ClusterId: null, Guid.Empty);
                if (meta.DirectoryId == Guid.Empty)
                {
                    meta = meta with { DirectoryId = KafkaUuid.NewId() };
                    meta.Write(device, path);
                }

                return new LogDirectory(path, meta, device, time, background ?? TaskScheduler.Default, @lock);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (IOException e)
        {
            throw new LogDirectoryException($"Data directory '{path}' cannot be used: {e.Message}", e);
        }
    }

    private static void Create(string path, IStorageDevice device)
    {
        if (device.FileExists(path))
        {
            throw new LogDirectoryException($"Data directory '{path}' is a file, not a directory.");
        }

        if (!device.DirectoryExists(path))
        {
            device.CreateDirectory(path);
            device.FlushDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>What meta.properties says, when the directory is ours; null when it is new.</summary>
    private static MetaProperties? RefuseForeign(string path, BrokerId broker, IStorageDevice device)
    {
        var meta = MetaProperties.Read(device, path);
        if (meta is null)
        {
            return DirectoryLayout.FindForeign(device, path) is { } foreign
                ? throw new LogDirectoryException($"Directory '{path}' is not a data directory: it holds '{foreign}' and no {MetaProperties.FileName}. Name an empty one.")
                : null;
        }

        return meta.Node == broker
            ? meta
            : throw new LogDirectoryException($"Data directory '{path}' belongs to broker {meta.Node}, not to broker {broker}.");
    }
}
