using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Kafka.Hosting;
using OrleansStreaming.Server.Configuration;
using OrleansStreaming.Server.Endpoints;
using OrleansStreaming.Server.Health;
using OrleansStreaming.Server.Telemetry;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Server.Hosting;

/// <summary>Puts the rooms together: one silo and one web server that carries the Kafka endpoint and the status pages.</summary>
internal static class BrokerHost
{
    public static WebApplication Build(ServerOptions options, BoundAddresses addresses)
    {
        var configs = StaticConfigs(options, addresses);
        var client = ClientAddress.Of(options, addresses.Kafka);

        // Empty: nothing is read from files or variables but what OptionSources reads, and nothing is watched for changes.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "OrleansStreaming.Server" });
        AddLogging(builder.Logging);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new MetricsCollector());
        builder.Services.AddRoutingCore();

        // Before the silo, which would take the place of another process that runs this broker.
        builder.Services.AddSingleton<IHostedService>(_ => new BrokerIdLock(options, FileStorageDevice.Instance));
        builder.AddSilo(options, broker =>
        {
            broker.BrokerId = options.BrokerId;
            broker.DataDirectory = options.DataDirectory;
            broker.AdvertisedHost = client.Host;
            broker.AdvertisedPort = client.Port;
            broker.Rack = configs.GetValueOrDefault("broker.rack");
            broker.Configs = configs;
        });
        builder.WebHost.UseKestrelCore();
        builder.Services.AddKafkaEndpoint(endpoint =>
        {
            endpoint.BrokerId = options.BrokerId;
            endpoint.Configs = configs;
            endpoint.MaxRequestBytes = int.Parse(
                EffectiveConfigs.BrokerValue("socket.request.max.bytes", new BrokerConfigLayers { Static = configs })!, CultureInfo.InvariantCulture);
        });
        if (options.Telemetry is { } telemetry)
        {
            builder.Services.AddSingleton<IHostedService>(new OtlpExport(telemetry, options.BrokerId));
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(addresses.Kafka, listener => listener.UseKafka());
            kestrel.Listen(addresses.Http);
        });
        builder.Services.Configure<SocketTransportOptions>(transport =>
            transport.CreateBoundListenSocket = address =>
                addresses.Take(address) ?? SocketTransportOptions.CreateDefaultBoundListenSocket(address));

        var host = builder.Build();
        host.UseRouting();
        host.MapStatus();
        return host;
    }

    /// <summary>What was set at start, under Kafka's names, so that DescribeConfigs can say it.</summary>
    private static Dictionary<string, string> StaticConfigs(ServerOptions options, BoundAddresses addresses)
    {
        var id = options.BrokerId.ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string>(options.Configs, StringComparer.Ordinal)
        {
            ["broker.id"] = id,
            ["node.id"] = id,
            ["log.dirs"] = options.DataDirectory,
            ["listeners"] = $"PLAINTEXT://{addresses.Kafka}",
            ["advertised.listeners"] = $"PLAINTEXT://{ClientAddress.Of(options, addresses.Kafka)}",
        };
    }

    /// <summary>One line an event; the product from Information, the frameworks from Warning on.</summary>
    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("OrleansStreaming", LogLevel.Information);

        // The host reports a failed start with a stack trace; this program answers it with one line instead.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        // The one advises about the garbage collector at every start, the other takes a slow start for a stall.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    }
}
