using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Embedded.Silos;

internal sealed class LocalSiloDetails : ILocalSiloDetails
{
    private static readonly DateTime _epoch = new(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static int _lastGeneration;

    /// <param name="port">Where the silo listens.</param>
    /// <param name="previousGeneration">Of the silo's last incarnation; zero for none.</param>
    public LocalSiloDetails(
        IOptions<SiloOptions> silo,
        IOptions<ClusterOptions> cluster,
        IOptions<EndpointOptions> endpoints,
        TimeProvider time,
        int port,
        int previousGeneration)
    {
        Name = silo.Value.SiloName;
        ClusterId = cluster.Value.ClusterId;
        DnsHostName = Dns.GetHostName();
        var address = endpoints.Value.AdvertisedIPAddress;
        SiloAddress = SiloAddress.New(address, port, NewGeneration(time, previousGeneration));
        GatewayAddress = SiloAddress.New(address, endpoints.Value.GatewayPort, 0);
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName { get; }

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress { get; }

    /// <summary>Grows with each silo of the process, even when two start within one second or the clock was set back.</summary>
    private static int NewGeneration(TimeProvider time, int previous)
    {
        var seconds = (int)(time.GetUtcNow().UtcDateTime - _epoch).TotalSeconds;
        while (true)
        {
            var last = Volatile.Read(ref _lastGeneration);
            var next = Math.Max(seconds, Math.Max(last, previous) + 1);
            if (Interlocked.CompareExchange(ref _lastGeneration, next, last) == last)
            {
                return next;
            }
        }
    }
}
