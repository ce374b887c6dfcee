using System.Collections.Generic;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>Writes the <c>Write</c> method of a structure.</summary>
public sealed class WriteEmitter
{
    private readonly ApiDefinition _api;
    private readonly Structure _structure;
    private readonly bool _isBody;
    private readonly string _owner;
    private readonly CodeText _code;

    public WriteEmitter(ApiDefinition api, Message message, Structure structure, CodeText code)
    {
        _api = api;
        _structure = structure;
        _isBody = structure == message.Body;
        _owner = _isBody ? structure.Name : $"{message.Body.Name}.{structure.Name}";
        _code = code;
    }

    public void Emit()
    {
        VersionRange known = _structure.Versions;
        _code.Open($"{(_isBody ? "public" : "internal")} void Write(ProtocolWriter writer, short version)");
        if (_isBody)
        {
            _code.Line($"ProtocolWriter.CheckVersion(nameof({_structure.Name}), version, {known.Low}, {known.High});");
        }

        if (Conditions.Flexible(_api, known) == "flexible")
        {
            _code.Line($"bool flexible = version >= {_api.FlexibleFrom};");
        }

        foreach (Field field in _structure.Fields)
        {
            VersionRange versions = field.Versions.Intersect(known);
            string condition = Conditions.In(versions, known);
            if (field.Tag < 0)
            {
                _code.OpenIf(condition);
                EmitValue(field, versions);
                _code.CloseIf(condition);
            }

            EmitRefusal(field, condition);
        }

        EmitTags();
        _code.Close();
    }

    /// <summary>A value that cannot be sent is refused, unless the field says that it may be dropped.</summary>
    private void EmitRefusal(Field field, string condition)
    {
        if (condition.Length == 0 || field.Ignorable)
        {
            return;
        }

        _code.Open(field.Tag < 0 ? $"else if ({Values.DiffersFromDefault(field)})" : $"if (!({condition}) && {Values.DiffersFromDefault(field)})")
            .Line($"ProtocolWriter.ThrowUnsupported(\"{_owner}.{field.Name}\", version);")
            .Close();
    }

    private void EmitValue(Field field, VersionRange versions)
    {
        if (field.IsArray)
        {
            EmitArray(field, versions);
        }
        else if (field.IsPlainStructure)
        {
            _code.Line($"{field.Name}.Write(writer, version);");
        }
        else if (field.Kind == ValueKind.Structure)
        {
            _code.Line($"writer.WritePresence({field.Name} is not null);").Line($"{field.Name}?.Write(writer, version);");
        }
        else
        {
            EmitSingle(field, versions);
        }
    }

    private void EmitSingle(Field field, VersionRange versions)
    {
        VersionRange nulls = field.NullableVersions.Intersect(versions);
        string condition = Conditions.In(nulls, versions);
        if (!field.IsNullable || nulls.IsEmpty)
        {
            EmitNotNull(field);
        }
        else if (condition.Length == 0)
        {
            _code.Line(Single(field, "Nullable", field.Name));
        }
        else
        {
            _code.Open($"if ({condition})").Line(Single(field, "Nullable", field.Name)).Close().Open("else");
            EmitNotNull(field);
            _code.Close();
        }
    }

    private void EmitNotNull(Field field)
    {
        if (field.Kind == ValueKind.Bytes && field.IsNullable)
        {
            EmitNullCheck(field);
            _code.Line(Single(field, "", $"{field.Name}.GetValueOrDefault()"));
        }
        else
        {
            _code.Line(Single(field, "", field.Name));
        }
    }

    private void EmitArray(Field field, VersionRange versions)
    {
        string flexible = Conditions.Flexible(_api, _structure.Versions);
        VersionRange nulls = field.NullableVersions.Intersect(versions);
        string list = field.IsNullable ? field.Name : Values.BackingOf(field);
        string missing = field.IsNullable ? "-1" : "0";
        if (field.IsNullable && !nulls.Covers(versions))
        {
            string condition = nulls.IsEmpty ? "" : $"!({Conditions.In(nulls, versions)})";
            _code.OpenIf(condition);
            EmitNullCheck(field);
            _code.CloseIf(condition);
        }

        string local = $"list{field.Name}";
        _code.Line($"var {local} = {list};")
            .Line($"writer.WriteArrayCount({local} is null ? {missing} : {local}.Count, {flexible});")
            .Open($"for (int i = 0; {local} is not null && i < {local}.Count; i++)")
            .Line(Single(field, "", $"{local}[i]"))
            .Close();
    }

    private void EmitNullCheck(Field field) =>
        _code.Open($"if ({field.Name} is null)").Line($"ProtocolWriter.ThrowNull(\"{_owner}.{field.Name}\");").Close();

    private string Single(Field field, string nullable, string value)
    {
        string flexible = Conditions.Flexible(_api, _structure.Versions);
        return field.Kind switch
        {
            ValueKind.String or ValueKind.Bytes or ValueKind.Records => $"writer.Write{nullable}{field.Kind}({value}, {flexible});",
            ValueKind.Structure => $"{value}.Write(writer, version);",
            _ => $"writer.Write{field.Kind}({value});",
        };
    }

    private void EmitTags()
    {
        string flexible = Conditions.Flexible(_api, _structure.Versions);
        if (flexible == "false")
        {
            return;
        }

        List<Field> tagged = _structure.Fields.FindAll(field => field.Tag >= 0);
        tagged.Sort((left, right) => left.Tag.CompareTo(right.Tag));
        string condition = Conditions.IfFlexible(_api, _structure.Versions);
        _code.OpenIf(condition);
        if (tagged.Count == 0)
        {
            _code.Line("writer.WriteUnsignedVarint(0);");
        }
        else
        {
            _code.Line("uint tags = 0;");
            foreach (Field field in tagged)
            {
                _code.Line($"bool has{field.Name} = {Present(field)};").Line($"tags += has{field.Name} ? 1u : 0u;");
            }

            _code.Line("writer.WriteUnsignedVarint(tags);");
            foreach (Field field in tagged)
            {
                _code.Open($"if (has{field.Name})").Line($"int start = writer.BeginTag({field.Tag});");
                EmitValue(field, field.Versions.Intersect(_structure.Versions));
                _code.Line("writer.EndTag(start);").Close();
            }
        }

        _code.CloseIf(condition);
    }

    private string Present(Field field) => Conditions.And(
        Conditions.In(field.Versions.Intersect(_structure.Versions), _structure.Versions),
        Values.DiffersFromDefault(field));
}
