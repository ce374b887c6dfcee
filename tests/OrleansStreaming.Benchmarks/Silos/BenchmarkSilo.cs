using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace OrleansStreaming.Benchmarks.Silos;

/// <summary>A silo that shares a cluster with another process of this machine, whichever Orleans it is.</summary>
internal static class BenchmarkSilo
{
    private const int PrimaryPort = 47111;

    public static async Task<IHost> StartAsync(string directory, bool isPrimary)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.Configure<SiloOptions>(options => options.SiloName = isPrimary ? "caller" : "callee");

            // Only one of the two implementations has it.
            var clustering = typeof(ISiloBuilder).Assembly
                .GetType("Orleans.Hosting.SharedDirectoryClusteringExtensions")?.GetMethods().FirstOrDefault(method => method.Name == "UseSharedDirectoryClustering" && method.GetParameters().Length == 3);
            if (clustering is not null)
            {
                clustering.Invoke(null, [silo, directory, null]);
            }
            else
            {
                silo.UseLocalhostClustering(
                    isPrimary ? PrimaryPort : PrimaryPort + 1,
                    isPrimary ? PrimaryPort + 2 : PrimaryPort + 3,
                    new IPEndPoint(IPAddress.Loopback, PrimaryPort));
            }
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
