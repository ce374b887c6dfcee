using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Activations;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Copying;
using Orleans.Embedded.GrainDirectory;
using Orleans.Embedded.Membership;
using Orleans.Embedded.Placement;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Silos;
using Orleans.Embedded.Timers;
using Orleans.Embedded.Typing;
using Orleans.Runtime;
using Orleans.Timers;

namespace Orleans.Hosting;

/// <summary>What a silo puts into the container.</summary>
internal static class SiloServices
{
    /// <summary>Adds a silo, once: further calls go on configuring it.</summary>
    public static ISiloBuilder AddTo(IServiceCollection services, IConfiguration configuration)
    {
        var known = services
            .Where(descriptor => !descriptor.IsKeyedService)
            .Select(descriptor => descriptor.ImplementationInstance)
            .OfType<SiloBuilder>()
            .FirstOrDefault();
        if (known is not null)
        {
            return known;
        }

        var builder = new SiloBuilder(services, configuration);
        services.AddSingleton(builder);
        services.AddLogging();
        services.AddOptions();
        services.PostConfigure<SiloOptions>(options => options.SiloName ??= $"Silo_{Guid.NewGuid().ToString("N")[..5]}");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddKeyedSingleton<TimeProvider>(KeyedService.AnyKey, static (provider, _) => provider.GetRequiredService<TimeProvider>());
        AddTyping(services);
        AddCalls(services);
        AddPlacement(services);
        AddGrainServices(services);
        services.AddSingleton<SiloLifecycle>();
        services.AddSingleton<ISiloLifecycle>(static provider => provider.GetRequiredService<SiloLifecycle>());
        ConnectionServices.AddSerializer(services);
        services.AddSingleton<Silo>();
        services.AddHostedService(static provider => provider.GetRequiredService<Silo>());
        return builder;
    }

    private static void AddTyping(IServiceCollection services)
    {
        services.AddSingleton(static _ => AssemblyTypes.OfApplication());
        services.AddSingleton<GrainClasses>();
        services.AddSingleton<IGrainTypes>(static provider => provider.GetRequiredService<GrainClasses>());
        services.AddSingleton(Copiers.OfApplication);
    }

    private static void AddCalls(IServiceCollection services)
    {
        services.AddSingleton(static provider =>
        {
            // References need the router, which nothing else may have asked for yet.
            provider.GetRequiredService<CallRouter>();
            return ActivatorUtilities.CreateInstance<GrainFactory>(provider);
        });
        services.AddSingleton<IGrainFactory>(static provider => provider.GetRequiredService<GrainFactory>());
        services.AddSingleton<IClusterClient>(static provider => provider.GetRequiredService<GrainFactory>());
        services.AddSingleton<ActivationTable>();
        services.AddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value;
            var time = provider.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging);
            return new PendingCalls(time, options.ResponseTimeout, options.CancelRequestOnTimeout);
        });
        services.AddSingleton(static provider => new CollectionClock(
            provider.GetRequiredService<IOptions<GrainCollectionOptions>>().Value.CollectionQuantum));
        services.AddSingleton<GrainInterfaces>();
        services.AddSingleton(NewRouter);
    }

    private static CallRouter NewRouter(IServiceProvider provider)
    {
        var table = provider.GetRequiredService<ActivationTable>();
        var interfaces = provider.GetRequiredService<GrainInterfaces>();
        var shared = new Lazy<ActivationServices>(() => new ActivationServices(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<ILogger<Activation>>(),
            provider.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.ActivationManagement),
            provider.GetRequiredService<IOptions<GrainCollectionOptions>>().Value,
            provider.GetRequiredService<CollectionClock>(),
            table,
            interfaces,
            provider.GetRequiredService<IGrainLocator>(),
            provider.GetRequiredService<HaltSwitch>(),
            provider.GetRequiredService<ILocalSiloDetails>(),
            [.. provider.GetServices<IIncomingGrainCallFilter>()]));
        var router = new CallRouter(
            table,
            interfaces,
            provider.GetRequiredService<GrainClasses>(),
            provider.GetRequiredService<GrainPlacement>(),
            provider.GetRequiredService<IGrainLocator>(),
            provider.GetRequiredService<IRemoteSilos>(),
            (grainId, grainClass) => new Activation(grainId, grainClass, shared.Value),
            provider.GetRequiredService<PendingCalls>(),
            provider.GetRequiredService<Copiers>(),
            () => [.. provider.GetServices<IOutgoingGrainCallFilter>()],
            provider.GetRequiredService<IOptions<SiloMessagingOptions>>().Value.MaxForwardCount);
        interfaces.Sender = router;
        return router;
    }

    private static void AddPlacement(IServiceCollection services)
    {
        services.AddSingleton<HaltSwitch>();
        services.TryAddSingleton<ILocalSiloDetails>(static provider => ActivatorUtilities.CreateInstance<LocalSiloDetails>(
            provider, provider.GetRequiredService<IOptions<EndpointOptions>>().Value.SiloPort, 0));
        services.AddSingleton<ISiloMembership, MembershipOfOne>();
        services.AddSingleton<IClusterMembershipService>(static provider => provider.GetRequiredService<ISiloMembership>());
        services.AddSingleton<ISiloEndpoint, NoEndpoint>();
        services.AddSingleton<IRemoteSilos, NoRemoteSilos>();
        services.AddSingleton<IGrainLocator, LocatorOfOne>();
        services.AddSingleton<GrainPlacement>();
        services.TryAddSingleton<PlacementStrategy, RandomPlacement>();
        services.AddPlacementDirector<RandomPlacement>(static _ => new RandomPlacementDirector(Random.Shared));
        services.AddPlacementDirector<PreferLocalPlacement>(static _ => new PreferLocalPlacementDirector(Random.Shared));
        services.AddPlacementDirector<HashBasedPlacement, HashBasedPlacementDirector>();
    }

    private static void AddGrainServices(IServiceCollection services)
    {
        services.AddSingleton<ITimerRegistry, TimerRegistry>();
        services.AddSingleton<IGrainRuntime, GrainRuntime>();
        services.AddScoped<GrainContextHolder>();
        services.AddScoped<IGrainContextAccessor>(static provider => provider.GetRequiredService<GrainContextHolder>());
        services.AddScoped(static provider => provider.GetRequiredService<GrainContextHolder>().GrainContext);
    }
}
