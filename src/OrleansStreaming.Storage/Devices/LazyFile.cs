namespace OrleansStreaming.Storage.Devices;

/// <summary>A file that is opened when it is first used, so that a log with many segments costs few descriptors.</summary>
internal sealed class LazyFile(IStorageDevice device, string path) : IDisposable
{
    private readonly Lock _gate = new();
    private volatile IStorageFile? _open;
    private string _path = path;

    public string Path => _path;

    /// <summary>Opens it when needed, on any thread, and creates it when it is missing.</summary>
    public IStorageFile Get()
    {
        if (_open is { } open)
        {
            return open;
        }

        lock (_gate)
        {
            return _open ??= device.Open(_path, create: true);
        }
    }

    public bool Exists() => _open is not null || device.FileExists(_path);

    /// <summary>Gives the file, when there is one, another name; whoever has it open goes on reading.</summary>
    public void Rename(string path)
    {
        lock (_gate)
        {
            if (device.FileExists(_path))
            {
                device.Rename(_path, path);
            }

            _path = path;
        }
    }

    /// <summary>Gives the descriptor back; the next use opens the file again.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _open?.Dispose();
            _open = null;
        }
    }
}
