using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Serialization;
using Orleans.Embedded.Typing;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Orleans.Hosting;

/// <summary>What silos and clients need to talk to silos.</summary>
internal static class ConnectionServices
{
    public static void AddTo(IServiceCollection services, Func<IServiceProvider, SiloAddress> local)
    {
        services.TryAddSingleton<INetwork, SocketNetwork>();
        AddSerializer(services);
        services.TryAddSingleton<ServedMethods>();
        services.TryAddSingleton<CallMessages>();
        services.TryAddSingleton<RemoteSilos>();
        services.TryAddSingleton(provider => new Dialer(
            provider.GetRequiredService<INetwork>(),
            local(provider),
            provider.GetRequiredService<IOptions<ClusterOptions>>(),
            provider.GetRequiredService<IOptions<SiloConnectionOptions>>(),
            provider.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging),
            provider.GetRequiredService<ILogger<Dialer>>()));
    }

    /// <summary>Also for who talks to nobody: applications use it for what they store.</summary>
    public static void AddSerializer(IServiceCollection services)
    {
        services.TryAddSingleton(NewSerializer);
        services.TryAddSingleton(static provider => new Serializer(provider.GetRequiredService<WireSerializer>()));
    }

    private static WireSerializer NewSerializer(IServiceProvider provider)
    {
        var interfaces = provider.GetRequiredService<GrainInterfaces>();
        var application = provider.GetRequiredService<IReadOnlyList<AssemblyTypes>>();
        var converters = application.SelectMany(types => types.Converters).ToDictionary(entry => entry.Value, entry => entry.Converter);
        return new WireSerializer(
            new WireCodecs(converters, new TypeNames(application), (type, grainId) => interfaces.For(type).ReferenceTo(grainId)));
    }
}
