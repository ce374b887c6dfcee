using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>A test that needs librdkafka.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibrdkafkaFactAttribute : FactAttribute
{
    public LibrdkafkaFactAttribute() => Skip = Tool.Librdkafka.Missing;
}
