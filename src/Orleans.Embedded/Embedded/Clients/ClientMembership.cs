using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Membership;
using Orleans.Runtime;

namespace Orleans.Embedded.Clients;

/// <summary>The cluster as a client sees it: it looks, and takes no part. Any thread.</summary>
internal sealed class ClientMembership(
    IOptions<SharedDirectoryClusteringOptions> options,
    ILogger<ClientMembership> logger,
    [FromKeyedServices(TimeProviderNames.Membership)] TimeProvider time) : IDisposable
{
    private readonly MemberTableFiles _files = new(options.Value.Directory);
    private ITimer? _timer;
    private volatile SiloAddress[] _active = [];

    /// <summary>In the same order for everybody.</summary>
    public IReadOnlyList<SiloAddress> Active => _active;

    public void Start()
    {
        Look();
        _timer = time.CreateTimer(static self => ((ClientMembership)self!).Look(), this, options.Value.PollPeriod, options.Value.PollPeriod);
    }

    /// <summary>Looks now.</summary>
    public void Look()
    {
        try
        {
            SiloAddress[] active = [.. _files.Read().Members
                .Where(member => member.Status == SiloStatus.Active)
                .Select(member => member.SiloAddress)
                .Order()];
            _active = active;
        }
        catch (Exception failure)
        {
            logger.MembershipNotRead(failure);
        }
    }

    public void Dispose() => _timer?.Dispose();
}
