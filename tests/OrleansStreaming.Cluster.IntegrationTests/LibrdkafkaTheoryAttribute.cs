using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>Tests that need librdkafka.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibrdkafkaTheoryAttribute : TheoryAttribute
{
    public LibrdkafkaTheoryAttribute() => Skip = Tool.Librdkafka.Missing;
}
