using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Remoting;
using Orleans.Runtime;

namespace Orleans.Embedded.Clients;

/// <summary>Connects the client when its host starts, and closes its connections when that stops.</summary>
internal sealed class ClientConnection(
    ClientMembership membership,
    ClientGrainTypes types,
    ClientRouter router,
    RemoteSilos remotes,
    PendingCalls pending,
    IOptions<SiloConnectionOptions> options,
    [FromKeyedServices(TimeProviderNames.Messaging)] TimeProvider time) : IHostedService
{
    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(50);

    /// <exception cref="SiloUnavailableException">No silo could be reached.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Both listen to what the silos say from the first connection on.
        ArgumentNullException.ThrowIfNull(types);
        ArgumentNullException.ThrowIfNull(router);
        membership.Start();
        var begin = time.GetTimestamp();
        while (!await TryOpenAny().ConfigureAwait(false))
        {
            if (time.GetElapsedTime(begin) > options.Value.OpenTimeout)
            {
                throw new SiloUnavailableException("No silo of the cluster can be reached.");
            }

            await Task.Delay(_retryDelay, time, cancellationToken).ConfigureAwait(false);
            membership.Look();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await remotes.Close(options.Value.CloseTimeout, time).ConfigureAwait(false);
        pending.FailAll(new SiloUnavailableException("The client has stopped."));
        pending.Dispose();
    }

    private async Task<bool> TryOpenAny()
    {
        foreach (var silo in membership.Active)
        {
            try
            {
                await remotes.Open(silo).ConfigureAwait(false);
                return true;
            }
            catch (SiloUnavailableException)
            {
                // Perhaps the next one.
            }
        }

        return false;
    }
}
