using OrleansStreaming.Processes.Brokers;

namespace OrleansStreaming.Chaos.Clusters;

/// <summary>One broker of the cluster through all its lives. Its address for clients never changes.</summary>
public sealed class BrokerMember : IAsyncDisposable
{
    private readonly string _clusterDirectory;
    private readonly ClusterOptions _options;
    private readonly TcpProxy? _proxy;
    private volatile bool _isStopping;
    private int _port;

    public BrokerMember(int id, string folder, string clusterDirectory, ClusterOptions options)
    {
        Id = id;
        DataDirectory = Path.Combine(folder, $"broker-{id}");
        _clusterDirectory = clusterDirectory;
        _options = options;
        _proxy = options.HasProxies ? new TcpProxy() : null;
    }

    public int Id { get; }

    public string DataDirectory { get; }

    /// <summary>The present process; null while the broker is down.</summary>
    public BrokerProcess? Process { get; private set; }

    /// <summary>Nobody killed or stopped it, and yet it is gone. In this order: whoever stops it may do so between the two.</summary>
    public bool HasEndedByItself => !_isStopping && Process is { HasExited: true };

    public bool IsUp => Process is { HasExited: false };

    /// <summary>host:port for clients; known from the first start on.</summary>
    public string Address => _proxy?.Address.ToString() ?? $"127.0.0.1:{_port}";

    public async Task StartAsync()
    {
        string[] own =
        [
            "--broker-id", Id.ToString(), "--cluster-dir", _clusterDirectory,
            .. _options.Configs.SelectMany(config => new[] { "--config", config }),
            .. _proxy is null ? [] : new[] { "--advertised", _proxy.Address.ToString() },
        ];
        Process = await BrokerProcess.StartAsync(DataDirectory, $"127.0.0.1:{(_proxy is null ? _port : 0)}", own);
        _port = Process.Kafka.Port;
        if (_proxy is not null)
        {
            _proxy.Target = Process.Kafka;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (Process is { } process)
        {
            _isStopping = true;
            await process.KillAsync();
            Forget();
        }
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task StopAsync()
    {
        if (Process is { } process)
        {
            _isStopping = true;
            await process.StopAsync();
            Forget();
        }
    }

    /// <summary>Breaks every client's connection to it.</summary>
    public void CutClients() => _proxy?.CutAll();

    public async ValueTask DisposeAsync()
    {
        if (Process is { } process)
        {
            await process.DisposeAsync();
        }

        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    private void Forget()
    {
        Process = null;
        _isStopping = false;
        if (_proxy is not null)
        {
            _proxy.Target = null;
        }
    }
}
