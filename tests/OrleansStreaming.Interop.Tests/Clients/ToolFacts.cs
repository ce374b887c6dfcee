using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Interop.Tests.Clients;

/// <summary>A test that needs kcat.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KcatFactAttribute : FactAttribute
{
    public KcatFactAttribute() => Skip = Tool.Kcat.Missing;
}

/// <inheritdoc cref="KcatFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KcatTheoryAttribute : TheoryAttribute
{
    public KcatTheoryAttribute() => Skip = Tool.Kcat.Missing;
}

/// <summary>A test that needs node and kafkajs.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaJsFactAttribute : FactAttribute
{
    public KafkaJsFactAttribute() => Skip = Tool.KafkaJs.Missing;
}

/// <summary>A test that needs kafka-python.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaPythonFactAttribute : FactAttribute
{
    public KafkaPythonFactAttribute() => Skip = Tool.KafkaPython.Missing;
}

/// <summary>A test that needs node and @platformatic/kafka.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PlatformaticFactAttribute : FactAttribute
{
    public PlatformaticFactAttribute() => Skip = Tool.PlatformaticKafka.Missing;
}

/// <summary>A test that needs go and sarama.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SaramaFactAttribute : FactAttribute
{
    public SaramaFactAttribute() => Skip = Tool.Sarama.Missing;
}
