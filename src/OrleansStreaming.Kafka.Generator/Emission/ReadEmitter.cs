using System.Collections.Generic;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>Writes the <c>Read</c> method of a structure.</summary>
public sealed class ReadEmitter
{
    private readonly ApiDefinition _api;
    private readonly Message _message;
    private readonly Structure _structure;
    private readonly bool _isBody;
    private readonly CodeText _code;

    public ReadEmitter(ApiDefinition api, Message message, Structure structure, CodeText code)
    {
        _api = api;
        _message = message;
        _structure = structure;
        _isBody = structure == message.Body;
        _code = code;
    }

    public void Emit()
    {
        VersionRange known = _structure.Versions;
        _code.Open($"{(_isBody ? "public" : "internal")} static {_structure.Name} Read(ref ProtocolReader reader, short version)");
        if (_isBody)
        {
            _code.Line($"ProtocolReader.CheckVersion(nameof({_structure.Name}), version, {known.Low}, {known.High});");
        }

        if (Conditions.Flexible(_api, known) == "flexible")
        {
            _code.Line($"bool flexible = version >= {_api.FlexibleFrom};");
        }

        _code.Line($"var message = new {_structure.Name}();");
        foreach (Field field in _structure.Fields)
        {
            if (field.Tag < 0)
            {
                EmitField(field, field.Versions.Intersect(known));
            }
        }

        EmitTags();
        _code.Line("return message;").Close();
    }

    private void EmitField(Field field, VersionRange versions)
    {
        string condition = Conditions.In(versions, _structure.Versions);
        _code.OpenIf(condition);
        EmitValue(field, versions);
        _code.CloseIf(condition);
    }

    private void EmitValue(Field field, VersionRange versions)
    {
        if (field.IsArray)
        {
            EmitArray(field, versions);
        }
        else if (field.Kind == ValueKind.Structure && field.IsNullable)
        {
            _code.Line($"message.{field.Name} = reader.ReadPresence() ? {ReadStructure(field)} : null;");
        }
        else
        {
            _code.Line($"message.{field.Name} = {Nullable(field, versions)};");
        }
    }

    /// <summary>A read that allows null in the versions that do.</summary>
    private string Nullable(Field field, VersionRange versions)
    {
        VersionRange nulls = field.NullableVersions.Intersect(versions);
        string condition = Conditions.In(nulls, versions);
        if (nulls.IsEmpty)
        {
            return Single(field, "");
        }

        return condition.Length == 0 ? Single(field, "Nullable") : $"{condition} ? {Single(field, "Nullable")} : {Single(field, "")}";
    }

    private void EmitArray(Field field, VersionRange versions)
    {
        string flexible = Conditions.Flexible(_api, _structure.Versions);
        string size = Conditions.MinimumSize(_api, field, versions);
        VersionRange nulls = field.NullableVersions.Intersect(versions);
        string condition = Conditions.In(nulls, versions);
        string local = $"count{field.Name}";
        string count = nulls.IsEmpty
            ? $"reader.ReadArrayCount({flexible}, {size})"
            : condition.Length == 0
                ? $"reader.ReadNullableArrayCount({flexible}, {size})"
                : $"{condition} ? reader.ReadNullableArrayCount({flexible}, {size}) : reader.ReadArrayCount({flexible}, {size})";
        _code.Line($"int {local} = {count};");
        if (nulls.IsEmpty && field.IsLazy)
        {
            _code.Open($"if ({local} > 0)");
            EmitElements(field, local);
            _code.Close();
        }
        else if (nulls.IsEmpty)
        {
            EmitElements(field, local);
        }
        else
        {
            _code.Open($"if ({local} < 0)").Line($"message.{field.Name} = null;").Close().Open("else");
            EmitElements(field, local);
            _code.Close();
        }
    }

    private void EmitElements(Field field, string count)
    {
        string list = $"list{field.Name}";
        _code.Line($"var {list} = new List<{Values.ElementTypeOf(field)}>(ProtocolReader.InitialCapacity({count}));")
            .Open($"for (; {count} > 0; {count}--)")
            .Line($"{list}.Add({Single(field, "")});")
            .Close()
            .Line($"message.{field.Name} = {list};");
    }

    private string Single(Field field, string nullable)
    {
        string flexible = Conditions.Flexible(_api, _structure.Versions);
        return field.Kind switch
        {
            ValueKind.String or ValueKind.Bytes or ValueKind.Records => $"reader.Read{nullable}{field.Kind}({flexible})",
            ValueKind.Structure => ReadStructure(field),
            _ => $"reader.Read{field.Kind}()",
        };
    }

    /// <summary>Fully named: a field of this structure may have the name of the other.</summary>
    private string ReadStructure(Field field) => $"{_message.Body.Name}.{field.StructureName}.Read(ref reader, version)";

    private void EmitTags()
    {
        string flexible = Conditions.Flexible(_api, _structure.Versions);
        if (flexible == "false")
        {
            return;
        }

        List<Field> tagged = _structure.Fields.FindAll(field => field.Tag >= 0);
        string condition = Conditions.IfFlexible(_api, _structure.Versions);
        _code.OpenIf(condition);
        if (tagged.Count == 0)
        {
            _code.Line("reader.SkipTags();");
        }
        else
        {
            _code.Open("for (int left = reader.ReadTagCount(); left > 0; left--)").Open("switch (reader.ReadTag(out long end))");
            foreach (Field field in tagged)
            {
                string when = Conditions.In(field.Versions.Intersect(_structure.Versions), _structure.Versions);
                _code.Line($"case {field.Tag}{(when.Length == 0 ? "" : $" when {when}")}:");
                EmitValue(field, field.Versions.Intersect(_structure.Versions));
                _code.Line("reader.EndTag(end);").Line("break;");
            }

            _code.Line("default:").Line("reader.SkipTag(end);").Line("break;").Close().Close();
        }

        _code.CloseIf(condition);
    }
}
