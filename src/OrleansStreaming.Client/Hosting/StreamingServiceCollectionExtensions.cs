using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrleansStreaming.Client.Hosting;

/// <summary>Adds the client to an application's container.</summary>
public static class StreamingServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IStreamingClient"/>, <see cref="IStreamingAdmin"/>, and <see cref="IProducer{TKey, TValue}"/> for every pair of
    /// types with serializers, all as singletons; consumers come from <see cref="IStreamingClient.CreateConsumer"/>. Needs an Orleans
    /// client (<c>UseOrleansClient</c>) or silo (<c>UseOrleans</c>) in the same container; beside a broker's silo, reads go straight
    /// to the logs of this process. Nothing is connected before the first use.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Default: all defaults. Called after a bound configuration section.</param>
    public static IServiceCollection AddOrleansStreaming(this IServiceCollection services, Action<StreamingClientOptions>? configure = null)
    {
        var options = services.AddOptions<StreamingClientOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(static provider => new StreamingClient(LinkComposition.FromServices(provider)));
        services.TryAddSingleton<IStreamingClient>(static provider => provider.GetRequiredService<StreamingClient>());
        services.TryAddSingleton(static provider => provider.GetRequiredService<IStreamingClient>().Admin);
        services.TryAddSingleton(typeof(IProducer<,>), typeof(ContainerProducer<,>));
        return services;
    }

    /// <summary>As the other overload, with options bound from a section, by convention <see cref="StreamingClientOptions.Section"/>.</summary>
    /// <param name="services">The container.</param>
    /// <param name="section">For example <c>{ "ClientId": "orders", "Producer": { "Compression": "Lz4" }, "Consumer": { "GroupId": "billing" } }</c>.</param>
    /// <param name="configure">Called after the section is bound.</param>
    public static IServiceCollection AddOrleansStreaming(
        this IServiceCollection services, IConfiguration section, Action<StreamingClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        services.Configure<StreamingClientOptions>(section);
        return services.AddOrleansStreaming(configure);
    }

    /// <summary>
    /// Adds a health check that is healthy when metadata is there and a broker is alive, and unhealthy otherwise. Asks nobody: it
    /// looks at what this process knows, and waits up to <see cref="StreamingClientOptions.MetadataTimeout"/> the first time.
    /// </summary>
    public static IHealthChecksBuilder AddOrleansStreaming(this IHealthChecksBuilder builder, string name = "orleans-streaming") =>
        builder.AddCheck<StreamingHealthCheck>(name);
}
