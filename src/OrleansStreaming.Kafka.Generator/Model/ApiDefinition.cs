namespace OrleansStreaming.Kafka.Generator.Model;

/// <summary>One schema file: an API with its request and its response.</summary>
public sealed class ApiDefinition
{
    public string Name { get; set; } = "";

    public VersionRange Versions { get; set; }

    /// <summary>The first flexible version; <see cref="short.MaxValue"/> for none.</summary>
    public short FlexibleFrom { get; set; } = short.MaxValue;

    public Message? Request { get; set; }

    public Message? Response { get; set; }
}
