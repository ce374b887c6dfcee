using System.Collections.Generic;
using OrleansStreaming.Kafka.Generator.Emission;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Parsing;

/// <summary>Connects fields with their structures and refuses what would not compile, or not be the protocol.</summary>
public static class SchemaCheck
{
    public static void Check(ApiDefinition api)
    {
        Check(api, api.Request!);
        Check(api, api.Response!);
    }

    private static void Check(ApiDefinition api, Message message)
    {
        Connect(message, message.Body);
        foreach (Structure structure in message.Structures)
        {
            Connect(message, structure);
            if (structure.Name == message.Body.Name || message.Body.Fields.Exists(field => field.Name == structure.Name))
            {
                throw new SchemaException(structure.Line, $"The structure '{structure.Name}' has the name of the message or of one of its fields: call it '{structure.Name}Data'.");
            }
        }

        Reach(message.Body, api.Versions, new Stack<Structure>());
        Check(api, message.Body);
        foreach (Structure structure in message.Structures)
        {
            if (structure.Versions.IsEmpty)
            {
                throw new SchemaException(structure.Line, $"Nothing uses the structure '{structure.Name}' in any version.");
            }

            Check(api, structure);
        }
    }

    private static void Connect(Message message, Structure structure)
    {
        foreach (Field field in structure.Fields)
        {
            if (field.Kind == ValueKind.Structure)
            {
                field.Structure = message.Find(field.StructureName)
                    ?? throw new SchemaException(field.Line, $"The structure '{field.StructureName}' has no fields: list them, indented, below its first use or below 'struct {field.StructureName}'.");
            }
        }
    }

    /// <summary>Marks in which versions each structure can occur.</summary>
    private static void Reach(Structure structure, VersionRange versions, Stack<Structure> path)
    {
        if (path.Contains(structure))
        {
            throw new SchemaException(structure.Line, $"The structure '{structure.Name}' contains itself.");
        }

        structure.Versions = structure.Versions.Span(versions);
        path.Push(structure);
        foreach (Field field in structure.Fields)
        {
            VersionRange inside = field.Versions.Intersect(versions);
            if (field.Structure is not null && !inside.IsEmpty)
            {
                Reach(field.Structure, inside, path);
            }
        }

        path.Pop();
    }

    private static void Check(ApiDefinition api, Structure structure)
    {
        var names = new HashSet<string>();
        var tags = new HashSet<int>();
        foreach (Field field in structure.Fields)
        {
            if (!names.Add(field.Name))
            {
                throw new SchemaException(field.Line, $"There are two fields called '{field.Name}'.");
            }

            if (field.Name == structure.Name || field.Name == "ApiKey" && structure == api.Request!.Body)
            {
                throw new SchemaException(field.Line, $"A field cannot be called '{field.Name}' here.");
            }

            if (field.Versions.Intersect(structure.Versions).IsEmpty)
            {
                throw new SchemaException(field.Line, $"The field occurs in no version: it has {field.Versions}, its structure {structure.Versions}.");
            }

            CheckTag(api, structure, field, tags);
            CheckValue(field);
        }
    }

    private static void CheckTag(ApiDefinition api, Structure structure, Field field, HashSet<int> tags)
    {
        if (field.Tag < 0)
        {
            return;
        }

        if (field.Versions.Intersect(structure.Versions).Low < api.FlexibleFrom)
        {
            throw new SchemaException(field.Line, "A tagged field needs versions that are all flexible.");
        }

        if (!tags.Add(field.Tag))
        {
            throw new SchemaException(field.Line, $"There are two fields with tag {field.Tag}.");
        }

        if (HasRecords(field))
        {
            throw new SchemaException(field.Line, "Records cannot be tagged: they are sent from where they lie, and a tagged field needs its size first.");
        }
    }

    private static bool HasRecords(Field field) =>
        field.Kind == ValueKind.Records || (field.Structure is not null && field.Structure.Fields.Exists(HasRecords));

    private static void CheckValue(Field field)
    {
        bool canBeNull = field.IsArray || field.Kind is ValueKind.String or ValueKind.Bytes or ValueKind.Records or ValueKind.Structure;
        if (field.IsNullable && !canBeNull)
        {
            throw new SchemaException(field.Line, "Values of this type are never null.");
        }

        if (field.Kind == ValueKind.Records && (field.IsArray || !field.IsNullable || !field.DefaultIsNull))
        {
            throw new SchemaException(field.Line, "Records are 'records?' with '= null'.");
        }

        if (field.Kind == ValueKind.Structure && !field.IsArray && field.IsNullable != field.DefaultIsNull)
        {
            throw new SchemaException(field.Line, "A structure that may be null has '= null', others have no default.");
        }

        if (field.Kind == ValueKind.Structure && !field.IsArray && field.IsNullable && !field.NullableVersions.Covers(field.Versions))
        {
            throw new SchemaException(field.Line, "A structure that may be null may be so in all its versions.");
        }

        if (!Values.IsGoodDefault(field))
        {
            throw new SchemaException(field.Line, $"'{field.Default}' cannot be the default of this field.");
        }
    }
}
