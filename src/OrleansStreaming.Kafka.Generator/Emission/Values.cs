using System;
using System.Globalization;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>C# types, defaults and comparisons of fields.</summary>
public static class Values
{
    public static string TypeOf(Field field)
    {
        string type = field.IsArray ? $"List<{ElementTypeOf(field)}>" : ElementTypeOf(field);
        return field.IsNullable ? type + "?" : type;
    }

    public static string ElementTypeOf(Field field) => field.Kind switch
    {
        ValueKind.Boolean => "bool",
        ValueKind.Int8 => "sbyte",
        ValueKind.Int16 => "short",
        ValueKind.UInt16 => "ushort",
        ValueKind.Int32 => "int",
        ValueKind.Int64 => "long",
        ValueKind.Float64 => "double",
        ValueKind.Uuid => "Guid",
        ValueKind.String => "string",
        ValueKind.Bytes => "ReadOnlyMemory<byte>",
        ValueKind.Records => "RecordSource",
        _ => field.StructureName,
    };

    /// <summary>The name of the private field behind a value that is made when first asked for.</summary>
    public static string BackingOf(Field field) => "_" + char.ToLowerInvariant(field.Name[0]) + field.Name.Substring(1);

    public static bool IsGoodDefault(Field field)
    {
        string text = field.Default;
        if (text.Length == 0)
        {
            return true;
        }

        if (text == "null")
        {
            return field.IsNullable;
        }

        if (field.IsArray)
        {
            return false;
        }

        return field.Kind switch
        {
            ValueKind.Boolean => text is "true" or "false",
            ValueKind.Int8 => sbyte.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ValueKind.Int16 => short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ValueKind.UInt16 => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            ValueKind.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ValueKind.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ValueKind.String => text.IndexOf('"') < 0 && text.IndexOf('\\') < 0,
            _ => false,
        };
    }

    /// <summary>The default as an expression.</summary>
    public static string DefaultOf(Field field)
    {
        if (field.DefaultIsNull)
        {
            return "null";
        }

        if (field.IsArray || field.Kind == ValueKind.Structure)
        {
            return "new()";
        }

        return field.Kind switch
        {
            ValueKind.Boolean => field.Default.Length == 0 ? "false" : field.Default,
            ValueKind.Uuid => "Guid.Empty",
            ValueKind.String => $"\"{field.Default}\"",
            ValueKind.Bytes => "ReadOnlyMemory<byte>.Empty",
            _ => field.Default.Length == 0 ? "0" : field.Default,
        };
    }

    /// <summary>A condition that is true when the value is not the default.</summary>
    public static string DiffersFromDefault(Field field)
    {
        if (field.DefaultIsNull)
        {
            return $"{field.Name} is not null";
        }

        if (field.IsArray)
        {
            return field.IsNullable ? $"{field.Name} is not {{ Count: 0 }}" : $"{BackingOf(field)} is {{ Count: > 0 }}";
        }

        return field.Kind switch
        {
            ValueKind.Boolean => field.Default == "true" ? $"!{field.Name}" : field.Name,
            ValueKind.Bytes => field.IsNullable ? $"{field.Name} is not {{ Length: 0 }}" : $"{field.Name}.Length != 0",
            ValueKind.Structure => $"{BackingOf(field)} is {{ HasDefaultsOnly: false }}",
            _ => $"{field.Name} != {DefaultOf(field)}",
        };
    }
}
