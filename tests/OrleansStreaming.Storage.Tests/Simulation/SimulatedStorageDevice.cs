using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Tests.Simulation;

/// <summary>
/// A disk in memory that fails as disks do, all from one seed: a crash loses or tears what was not synced, names included; space
/// runs out; syncs fail; reads come in pieces; bits flip. Thread safe.
/// </summary>
public sealed class SimulatedStorageDevice(int seed) : IStorageDevice
{
    private readonly Random _random = new(seed);
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly SimulatedDirectory _root = new();
    private int _boots;

    /// <summary>Bytes that files may still grow by.</summary>
    public long FreeBytes { get; set; } = long.MaxValue;

    /// <summary>How many syncs fail from now on.</summary>
    public int FailingFlushes { get; set; }

    /// <summary>Reads answer fewer bytes than asked for, at least one.</summary>
    public bool ReadsInPieces { get; set; }

    /// <summary>How many changes are still made before the process stops; from then on, until a crash, everything fails.</summary>
    public int StepsLeft { get; set; } = int.MaxValue;

    /// <summary>Called once, in the middle of the next sync.</summary>
    public Action? DuringFlush { get; set; }

    public int Flushes { get; private set; }

    public int Writes { get; private set; }

    internal Lock Gate { get; } = new();

    /// <summary>Counts crashes; a file opened in an earlier life is gone.</summary>
    internal int Life { get; private set; }

    /// <summary>Cuts the power: locks, open files and part of what was not synced are lost.</summary>
    public void Crash()
    {
        lock (Gate)
        {
            Life++;
            StepsLeft = int.MaxValue;
            _boots++;
            _locks.Clear();
            _root.Crash(_random);
        }
    }

    public void FlipBit(string path, long position, int bit)
    {
        lock (Gate)
        {
            FileAt(path).FlipBit(position, bit);
        }
    }

    public byte[] ReadAllBytes(string path)
    {
        using var file = Open(path, create: false);
        var bytes = new byte[file.Length];
        for (var done = 0; done < bytes.Length;)
        {
            done += file.Read(done, bytes.AsSpan(done));
        }

        return bytes;
    }

    public IStorageFile Open(string path, bool create)
    {
        lock (Gate)
        {
            var (parent, name) = ParentOf(path);
            if (!parent.Names.TryGetValue(name, out var node))
            {
                if (!create)
                {
                    throw new FileNotFoundException($"There is no file '{path}'.");
                }

                Step();
                parent.Set(name, node = new SimulatedInode());
            }

            return new SimulatedFile(this, (SimulatedInode)node, Life);
        }
    }

    internal void Step()
    {
        if (StepsLeft == 0)
        {
            throw new IOException("The process has stopped.");
        }

        StepsLeft -= StepsLeft == int.MaxValue ? 0 : 1;
    }

    public bool FileExists(string path) => Find(path) is SimulatedInode;

    public bool DirectoryExists(string path) => Find(path) is SimulatedDirectory;

    public void CreateDirectory(string path)
    {
        lock (Gate)
        {
            var current = _root;
            foreach (var name in Split(path))
            {
                if (!current.Names.TryGetValue(name, out var node))
                {
                    current.Set(name, node = new SimulatedDirectory());
                }

                current = (SimulatedDirectory)node;
            }
        }
    }

    public IReadOnlyList<string> ListFiles(string directory) => List<SimulatedInode>(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => List<SimulatedDirectory>(directory);

    public void Rename(string source, string target)
    {
        lock (Gate)
        {
            Step();
            _ = FileAt(source);
            ParentOf(source).Parent.Rename(Path.GetFileName(source), Path.GetFileName(target));
        }
    }

    public void RenameDirectory(string source, string target)
    {
        lock (Gate)
        {
            _ = DirectoryAt(source);
            ParentOf(source).Parent.Rename(Path.GetFileName(source), Path.GetFileName(target));
        }
    }

    public void DeleteFile(string path)
    {
        lock (Gate)
        {
            var (parent, name) = ParentOf(path);
            if (parent.Names.TryGetValue(name, out var node))
            {
                Step();
                FreeBytes += FreeBytes == long.MaxValue ? 0 : ((SimulatedInode)node).Length;
                parent.Remove(name);
            }
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (Gate)
        {
            var (parent, name) = ParentOf(path);
            parent.Remove(name);
        }
    }

    public void FlushDirectory(string path)
    {
        lock (Gate)
        {
            BeforeFlush();
            DirectoryAt(path).Sync();
        }
    }

    /// <summary>Another one after each power cut.</summary>
    public string? BootId => $"boot-{_boots}";

    public (long Total, long Usable) VolumeOf(string path) => (long.MaxValue, FreeBytes);

    public IDisposable? TryLock(string path)
    {
        Open(path, create: true).Dispose();
        lock (Gate)
        {
            return _locks.Add(path) ? new HeldLock(this, path) : null;
        }
    }

    internal int PermittedRead(int wanted) => ReadsInPieces && wanted > 1 ? _random.Next(1, wanted + 1) : wanted;

    internal long PermittedWrite(long bytes, long growth)
    {
        Step();
        Writes++;
        var permitted = growth <= FreeBytes ? bytes : Math.Max(0, bytes - (growth - FreeBytes));
        FreeBytes -= FreeBytes == long.MaxValue ? 0 : Math.Min(growth, FreeBytes);
        return permitted;
    }

    internal void BeforeFlush()
    {
        Step();
        Flushes++;
        var during = DuringFlush;
        DuringFlush = null;
        during?.Invoke();
        if (FailingFlushes > 0)
        {
            FailingFlushes--;
            throw new IOException("Input/output error.");
        }
    }

    private List<string> List<T>(string directory)
    {
        lock (Gate)
        {
            return [.. DirectoryAt(directory).Names.Where(x => x.Value is T).Select(x => Path.Combine(directory, x.Key))];
        }
    }

    private SimulatedInode FileAt(string path) =>
        Find(path) as SimulatedInode ?? throw new FileNotFoundException($"There is no file '{path}'.");

    private SimulatedDirectory DirectoryAt(string path) =>
        Find(path) as SimulatedDirectory ?? throw new DirectoryNotFoundException($"There is no folder '{path}'.");

    private (SimulatedDirectory Parent, string Name) ParentOf(string path) => (DirectoryAt(Path.GetDirectoryName(path)!), Path.GetFileName(path));

    private object? Find(string path)
    {
        lock (Gate)
        {
            object? node = _root;
            foreach (var name in Split(path))
            {
                node = (node as SimulatedDirectory)?.Names.GetValueOrDefault(name);
            }

            return node;
        }
    }

    private static string[] Split(string path) => path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);

    private sealed class HeldLock(SimulatedStorageDevice device, string path) : IDisposable
    {
        private readonly int _life = device.Life;

        public void Dispose()
        {
            lock (device.Gate)
            {
                if (_life == device.Life)
                {
                    device._locks.Remove(path);
                }
            }
        }
    }
}
