using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>Writes the members of a structure's class: properties, comparison with the defaults, codec.</summary>
public static class StructureEmitter
{
    public static void Emit(ApiDefinition api, Message message, Structure structure, CodeText code)
    {
        foreach (Field field in structure.Fields)
        {
            EmitProperty(field, structure, code);
        }

        if (structure != message.Body)
        {
            EmitHasDefaultsOnly(structure, code);
        }

        new ReadEmitter(api, message, structure, code).Emit();
        code.Line("");
        new WriteEmitter(api, message, structure, code).Emit();
    }

    private static void EmitProperty(Field field, Structure structure, CodeText code)
    {
        code.Line($"/// <summary>Versions {field.Versions.Intersect(structure.Versions)}{(field.IsNullable ? $", null in {field.NullableVersions.Intersect(structure.Versions)}" : "")}{(field.Tag >= 0 ? $", tag {field.Tag}" : "")}{(field.Ignorable ? ", dropped elsewhere" : "")}.</summary>");
        string type = Values.TypeOf(field);
        if (field.IsLazy)
        {
            string backing = Values.BackingOf(field);
            code.Line($"public {type} {field.Name} {{ get => {backing} ??= new(); set => {backing} = value; }}")
                .Line($"private {type}? {backing};");
        }
        else
        {
            string value = Values.DefaultOf(field);
            bool implied = value is "null" or "0" or "false" or "Guid.Empty" || (value == "ReadOnlyMemory<byte>.Empty" && !field.IsNullable);
            code.Line($"public {type} {field.Name} {{ get; set; }}{(implied ? "" : $" = {value};")}");
        }

        code.Line("");
    }

    private static void EmitHasDefaultsOnly(Structure structure, CodeText code)
    {
        code.Line("/// <summary>No field has another value than its default.</summary>");
        string differs = string.Join(" || ", structure.Fields.ConvertAll(Values.DiffersFromDefault));
        code.Line($"internal bool HasDefaultsOnly => !({differs});").Line("");
    }
}
