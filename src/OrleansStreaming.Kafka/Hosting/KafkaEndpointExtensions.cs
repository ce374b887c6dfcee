using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansStreaming.Kafka.Admin;
using OrleansStreaming.Kafka.Connections;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Fetching;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Producers;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Kafka.Settings;

namespace OrleansStreaming.Kafka.Hosting;

/// <summary>Registration of the Kafka endpoint in a web host.</summary>
public static class KafkaEndpointExtensions
{
    /// <summary>
    /// Adds the endpoint's services, and gives Kestrel's socket transport large buffers: call it after Kestrel was added, whose
    /// own memory pool counts otherwise (a warning tells). Listen with <see cref="UseKafka"/>. It takes from the container what the silo's own rooms register: the grain factory, the cluster
    /// metadata and the local replicas.
    /// </summary>
    public static IServiceCollection AddKafkaEndpoint(this IServiceCollection services, Action<KafkaEndpointOptions> configure)
    {
        services.AddMetrics();
        services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IMemoryPoolFactory<byte>, BlockMemoryPoolFactory>();
        services.AddOptions<SocketTransportOptions>().Configure<IOptions<KafkaEndpointOptions>>((transport, endpoint) =>
        {
            transport.MaxReadBufferSize = endpoint.Value.MaxReadAheadBytes;
        });
        services.PostConfigure<SocketTransportOptions>(transport =>
            transport.CreateBoundListenSocket = UnpacedLoopback.Around(transport.CreateBoundListenSocket));
        services.AddSingleton<EndpointMetrics>();
        services.AddSingleton<ReplicaGrains>();
        services.AddSingleton<MetadataProgress>();
        services.AddSingleton<TopicAdministration>();
        services.AddSingleton<PartitionAdministration>();
        services.AddSingleton<ProducerIds>();
        services.AddSingleton<BrokerSettings>();
        services.AddSingleton<NearestReplica>();
        services.AddSingleton(provider => new FetchSessions(
            provider.GetRequiredService<BrokerSettings>(),
            provider.GetRequiredService<EndpointMetrics>(),
            Random.Shared,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GroupCoordinators>();
        services.AddSingleton<OffsetsTopicCreation>();
        services.AddSingleton<ApiRegistry>();
        foreach (var handler in typeof(IApiHandler).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IApiHandler)) && !type.IsAbstract))
        {
            services.AddSingleton(typeof(IApiHandler), handler);
        }

        return services;
    }

    /// <summary>Serves the Kafka protocol on this listener.</summary>
    public static ListenOptions UseKafka(this ListenOptions listener)
    {
        listener.UseConnectionHandler<KafkaConnectionHandler>();
        return listener;
    }
}
