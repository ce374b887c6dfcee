using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.GrainDirectory;
using Orleans.Embedded.Membership;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Silos;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>Clusters of several processes on one machine. Only in the embedded Orleans.</summary>
public static class SharedDirectoryClusteringExtensions
{
    /// <summary>
    /// The silo forms a cluster with all others that name the same directory. It listens on a free port of the loopback unless
    /// <see cref="EndpointOptions.SiloPort"/> is configured afterwards. A process that dies is noticed at once, one that is
    /// stopped or stuck within a few seconds; a silo that finds itself declared dead stops its application.
    /// </summary>
    /// <param name="directory">On a local file system. Created when it does not exist.</param>
    public static ISiloBuilder UseSharedDirectoryClustering(
        this ISiloBuilder builder,
        string directory,
        Action<SharedDirectoryClusteringOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        builder.Configure<EndpointOptions>(static options =>
        {
            options.AdvertisedIPAddress = IPAddress.Loopback;
            options.SiloPort = 0;
            options.GatewayPort = 0;
        });
        builder.Configure<SharedDirectoryClusteringOptions>(options => options.Directory = Path.GetFullPath(directory));
        builder.Configure(configure ?? (static _ => { }));
        AddSharedDirectory(builder.Services);
        return builder;
    }

    /// <summary>The client finds the silos of the cluster through its directory, and goes on with others when one is gone.</summary>
    public static IClientBuilder UseSharedDirectoryClustering(this IClientBuilder builder, string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return builder.Configure<SharedDirectoryClusteringOptions>(options => options.Directory = Path.GetFullPath(directory));
    }

    private static void AddSharedDirectory(IServiceCollection services)
    {
        ConnectionServices.AddTo(services, static provider => provider.GetRequiredService<ILocalSiloDetails>().SiloAddress);
        services.TryAddSingleton(static provider =>
        {
            var endpoint = provider.GetRequiredService<IOptions<EndpointOptions>>().Value;
            return provider.GetRequiredService<INetwork>().Listen(new IPEndPoint(endpoint.AdvertisedIPAddress, endpoint.SiloPort));
        });
        services.Replace(ServiceDescriptor.Singleton<ILocalSiloDetails>(NewDetails));
        services.Replace(ServiceDescriptor.Singleton<ISiloMembership>(static provider => new SharedDirectoryMembership(
            provider.GetRequiredService<ILocalSiloDetails>(),
            provider.GetRequiredService<IOptions<SharedDirectoryClusteringOptions>>(),
            Time(provider, TimeProviderNames.Membership),
            provider.GetRequiredService<ILogger<SharedDirectoryMembership>>())));
        services.Replace(ServiceDescriptor.Singleton<IRemoteSilos>(static provider => provider.GetRequiredService<RemoteSilos>()));
        services.Replace(ServiceDescriptor.Singleton<IGrainLocator, ClusterDirectory>());
        services.Replace(ServiceDescriptor.Singleton<ISiloEndpoint>(static provider =>
            ActivatorUtilities.CreateInstance<SiloEndpoint>(provider, Time(provider, TimeProviderNames.Messaging))));
    }

    private static LocalSiloDetails NewDetails(IServiceProvider provider)
    {
        var name = provider.GetRequiredService<IOptions<SiloOptions>>().Value.SiloName;
        var port = provider.GetRequiredService<ILinkListener>().Endpoint.Port;
        var previous = new MemberTableFiles(provider.GetRequiredService<IOptions<SharedDirectoryClusteringOptions>>().Value.Directory)
            .Read().Members
            .Where(member => member.Name == name || member.SiloAddress.Endpoint.Port == port)
            .Select(member => member.SiloAddress.Generation)
            .DefaultIfEmpty(0)
            .Max();
        return ActivatorUtilities.CreateInstance<LocalSiloDetails>(provider, port, previous);
    }

    private static TimeProvider Time(IServiceProvider provider, string name) => provider.GetRequiredKeyedService<TimeProvider>(name);
}
