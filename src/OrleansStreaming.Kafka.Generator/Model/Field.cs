namespace OrleansStreaming.Kafka.Generator.Model;

/// <summary>One field of a message or of a structure inside it.</summary>
public sealed class Field
{
    public string Name { get; set; } = "";

    public int Line { get; set; }

    public ValueKind Kind { get; set; }

    /// <summary>The kind is that of the elements.</summary>
    public bool IsArray { get; set; }

    /// <summary>The structure's name, when the kind is one.</summary>
    public string StructureName { get; set; } = "";

    /// <summary>What the name stands for; set once all structures are known.</summary>
    public Structure? Structure { get; set; }

    public VersionRange Versions { get; set; } = VersionRange.Every;

    public VersionRange NullableVersions { get; set; } = VersionRange.None;

    /// <summary>The tag, or -1 for a field in the body.</summary>
    public int Tag { get; set; } = -1;

    /// <summary>A value may be dropped where the version has no field for it.</summary>
    public bool Ignorable { get; set; }

    /// <summary>As written in the schema; empty for the kind's own.</summary>
    public string Default { get; set; } = "";

    public bool IsNullable => !NullableVersions.IsEmpty;

    public bool DefaultIsNull => Default == "null";

    /// <summary>A single structure that always has a value.</summary>
    public bool IsPlainStructure => Kind == ValueKind.Structure && !IsArray && !IsNullable;

    /// <summary>The value is made when it is first asked for, so that a read or a write of a default allocates nothing.</summary>
    public bool IsLazy => IsPlainStructure || (IsArray && !IsNullable);
}
