using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// Finds out whether the data directory's disk takes writes, by writing a file there and removing it. For all replicas on it
/// together: the answer is good for a second. Any thread.
/// </summary>
internal sealed class DiskProbe(IStorageDevice device, IOptions<BrokerOptions> options, TimeProvider time)
{
    /// <summary>As a temporary file it is nobody's when a crash leaves it behind.</summary>
    private const string FileName = "disk-probe.tmp";

    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    // Room for a few batches: where there is less, the next one would only fail again.
    private static readonly byte[] _content = new byte[256 * 1024];

    private readonly Lock _gate = new();
    private readonly string _path = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), FileName);
    private long? _triedAt;
    private bool _works;

    /// <summary>Blocks for the time of a small write once a second; other callers meanwhile get the last answer.</summary>
    public bool TakesWrites()
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (_triedAt is not { } tried || time.GetElapsedTime(tried) >= _period)
            {
                _triedAt = time.GetTimestamp();
                _works = TryWrite();
            }

            return _works;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool TryWrite()
    {
        try
        {
            using (var file = device.Open(_path, create: true))
            {
                file.Write(0, new System.Buffers.ReadOnlySequence<byte>(_content));
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            TryRemove();
        }
    }

    private void TryRemove()
    {
        try
        {
            device.DeleteFile(_path);
        }
        catch (IOException)
        {
            // It is overwritten by the next try.
        }
    }
}
