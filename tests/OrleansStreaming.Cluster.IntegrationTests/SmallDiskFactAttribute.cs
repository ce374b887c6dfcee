using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>A test that needs librdkafka and a disk that it may fill.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = Tool.Librdkafka.Missing ?? SmallDisk.Missing;
}
