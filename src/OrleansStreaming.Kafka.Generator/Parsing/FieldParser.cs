using System;
using System.Globalization;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Parsing;

/// <summary>Reads <c>Name type [versions] [tag N] [ignorable] [= default]</c>.</summary>
public static class FieldParser
{
    public static Field Parse(SchemaLine line)
    {
        if (line.Words.Length < 2)
        {
            throw new SchemaException(line.Number, "A field needs a name and a type.");
        }

        var field = new Field { Name = Name(line, line.Words[0]), Line = line.Number };
        string nullable = ParseType(field, line.Words[1]);
        ParseRest(field, line);
        if (nullable.Length > 0)
        {
            VersionRange range = VersionRange.Every;
            if (nullable.Length > 1 && !VersionRange.TryParse(nullable.Substring(1), out range))
            {
                throw new SchemaException(line.Number, $"'{nullable}' is not '?' or '?' and a version range.");
            }

            field.NullableVersions = range.Intersect(field.Versions);
        }

        return field;
    }

    /// <summary>Names become C# names as they are.</summary>
    public static string Name(SchemaLine line, string word)
    {
        bool good = word[0] is >= 'A' and <= 'Z';
        foreach (char c in word)
        {
            good &= c is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9');
        }

        return good ? word : throw new SchemaException(line.Number, $"'{word}' is not a name in PascalCase.");
    }

    /// <summary>Returns what follows the type: the mark of null and its versions.</summary>
    private static string ParseType(Field field, string word)
    {
        int mark = word.IndexOf('?');
        string nullable = mark < 0 ? "" : word.Substring(mark);
        string type = mark < 0 ? word : word.Substring(0, mark);
        if (type.StartsWith("[]", StringComparison.Ordinal))
        {
            field.IsArray = true;
            type = type.Substring(2);
        }

        ValueKind? kind = type switch
        {
            "bool" => ValueKind.Boolean,
            "int8" => ValueKind.Int8,
            "int16" => ValueKind.Int16,
            "uint16" => ValueKind.UInt16,
            "int32" => ValueKind.Int32,
            "int64" => ValueKind.Int64,
            "float64" => ValueKind.Float64,
            "uuid" => ValueKind.Uuid,
            "string" => ValueKind.String,
            "bytes" => ValueKind.Bytes,
            "records" => ValueKind.Records,
            _ => null,
        };
        if (kind is null)
        {
            if (type.Length == 0 || type[0] is < 'A' or > 'Z')
            {
                throw new SchemaException(field.Line, $"'{word}' is not a type.");
            }

            field.StructureName = type;
        }

        field.Kind = kind ?? ValueKind.Structure;
        return nullable;
    }

    private static void ParseRest(Field field, SchemaLine line)
    {
        string[] words = line.Words;
        for (int i = 2; i < words.Length; i++)
        {
            if (words[i] == "ignorable")
            {
                field.Ignorable = true;
            }
            else if (words[i] == "tag" && i + 1 < words.Length
                && int.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int tag))
            {
                field.Tag = tag;
                i++;
            }
            else if (words[i] == "=" && i + 2 == words.Length)
            {
                field.Default = words[++i];
            }
            else if (i == 2 && VersionRange.TryParse(words[i], out VersionRange versions))
            {
                field.Versions = versions;
            }
            else
            {
                throw new SchemaException(line.Number, $"'{words[i]}' means nothing here: expected versions, 'tag N', 'ignorable' or '= default' at the end.");
            }
        }
    }
}
