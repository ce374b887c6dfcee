using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Clients;
using Orleans.Embedded.Copying;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Hosting;

/// <summary>What a client puts into the container.</summary>
internal static class ClientServices
{
    /// <summary>Adds a client, once: further calls go on configuring it.</summary>
    public static IClientBuilder AddTo(IServiceCollection services, IConfiguration configuration)
    {
        var known = services
            .Where(descriptor => !descriptor.IsKeyedService)
            .Select(descriptor => descriptor.ImplementationInstance)
            .OfType<ClientBuilder>()
            .FirstOrDefault();
        if (known is not null)
        {
            return known;
        }

        var builder = new ClientBuilder(services, configuration);
        services.AddSingleton(builder);
        services.AddLogging();
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton<TimeProvider>(KeyedService.AnyKey, static (provider, _) => provider.GetRequiredService<TimeProvider>());
        services.AddSingleton(static _ => AssemblyTypes.OfApplication());
        services.AddSingleton<GrainClasses>();
        services.AddSingleton<ClientGrainTypes>();
        services.AddSingleton<IGrainTypes>(static provider => provider.GetRequiredService<ClientGrainTypes>());
        services.AddSingleton(Copiers.OfApplication);
        services.AddSingleton<GrainInterfaces>();
        services.AddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<ClientMessagingOptions>>().Value;
            var time = provider.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging);
            return new PendingCalls(time, options.ResponseTimeout, options.CancelRequestOnTimeout);
        });
        var address = SiloAddress.New(IPAddress.Loopback, 0, -Random.Shared.Next(1, int.MaxValue));
        ConnectionServices.AddTo(services, _ => address);
        services.AddSingleton<ClientMembership>();
        services.AddSingleton(static provider =>
        {
            var router = ActivatorUtilities.CreateInstance<ClientRouter>(
                provider, (Func<IReadOnlyList<IOutgoingGrainCallFilter>>)(() => [.. provider.GetServices<IOutgoingGrainCallFilter>()]));
            provider.GetRequiredService<GrainInterfaces>().Sender = router;
            return router;
        });
        services.AddSingleton(static provider =>
        {
            // References need the router, which nothing else may have asked for yet.
            provider.GetRequiredService<ClientRouter>();
            return ActivatorUtilities.CreateInstance<GrainFactory>(provider);
        });
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<GrainFactory>());
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<GrainFactory>());
        services.AddHostedService<ClientConnection>();
        return builder;
    }

    private sealed class ClientBuilder(IServiceCollection services, IConfiguration configuration) : IClientBuilder
    {
        public IServiceCollection Services { get; } = services;

        public IConfiguration Configuration { get; } = configuration;
    }
}
