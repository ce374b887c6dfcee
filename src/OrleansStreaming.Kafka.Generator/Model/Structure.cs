using System.Collections.Generic;

namespace OrleansStreaming.Kafka.Generator.Model;

/// <summary>Fields in order: a message, or an element inside it.</summary>
public sealed class Structure
{
    public Structure(string name, int line)
    {
        Name = name;
        Line = line;
    }

    public string Name { get; }

    public int Line { get; }

    public List<Field> Fields { get; } = new();

    /// <summary>The versions in which anything refers to it.</summary>
    public VersionRange Versions { get; set; } = VersionRange.None;
}
