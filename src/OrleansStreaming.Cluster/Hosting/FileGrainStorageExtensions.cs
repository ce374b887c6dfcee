using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using OrleansStreaming.Cluster.GrainStorage;

namespace OrleansStreaming.Cluster.Hosting;

/// <summary>Grain state in files.</summary>
public static class FileGrainStorageExtensions
{
    /// <summary>Keeps all grain state as files in a directory, which the brokers of one machine may share.</summary>
    public static ISiloBuilder AddFileGrainStorageAsDefault(this ISiloBuilder builder, string directory)
    {
        builder.Services.AddGrainStorage(
            ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME,
            (_, _) => new FileGrainStorage(directory, Guid.NewGuid));
        return builder;
    }
}
