using System.Collections.Generic;
using System.Globalization;
using OrleansStreaming.Kafka.Generator.Model;

namespace OrleansStreaming.Kafka.Generator.Parsing;

/// <summary>Reads one schema file. The format is described in the README beside the schemas.</summary>
public sealed class SchemaParser
{
    private readonly List<SchemaLine> _lines;
    private int _next;

    private SchemaParser(List<SchemaLine> lines) => _lines = lines;

    /// <exception cref="SchemaException">The first line that is wrong.</exception>
    public static ApiDefinition Parse(string text)
    {
        ApiDefinition api = new SchemaParser(SchemaLine.Split(text)).ParseApi();
        SchemaCheck.Check(api);
        return api;
    }

    private ApiDefinition ParseApi()
    {
        if (_lines.Count == 0)
        {
            throw new SchemaException(0, "The file is empty.");
        }

        ApiDefinition api = ParseHeadline(_lines[_next++]);
        api.Request = ParseMessage(api.Name, "request");
        api.Response = ParseMessage(api.Name, "response");
        return _next == _lines.Count
            ? api
            : throw new SchemaException(_lines[_next].Number, "Nothing may follow the response.");
    }

    private static ApiDefinition ParseHeadline(SchemaLine line)
    {
        string[] words = line.Words;
        if (line.Depth != 0 || words.Length is not (3 or 5) || words[0] != "api")
        {
            throw new SchemaException(line.Number, "The first line is 'api Name versions', then 'flexible N' if any version is.");
        }

        if (!VersionRange.TryParse(words[2], out VersionRange versions) || versions.High == short.MaxValue)
        {
            throw new SchemaException(line.Number, $"'{words[2]}' is not a closed version range.");
        }

        var api = new ApiDefinition { Name = FieldParser.Name(line, words[1]), Versions = versions };
        if (words.Length == 5)
        {
            if (words[3] != "flexible" || !short.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out short from))
            {
                throw new SchemaException(line.Number, "After the versions comes 'flexible N' or nothing.");
            }

            api.FlexibleFrom = from;
        }

        return api;
    }

    private Message ParseMessage(string apiName, string section)
    {
        if (_next == _lines.Count || _lines[_next].Depth != 0 || _lines[_next].Words.Length != 1 || _lines[_next].Words[0] != section)
        {
            throw new SchemaException(_lines[_next < _lines.Count ? _next : _lines.Count - 1].Number, $"The section '{section}' is missing.");
        }

        SchemaLine line = _lines[_next++];
        bool isRequest = section == "request";
        var message = new Message(new Structure(apiName + (isRequest ? "Request" : "Response"), line.Number), isRequest);
        ParseFields(message, message.Body, 1);
        return message;
    }

    private void ParseFields(Message message, Structure structure, int depth)
    {
        for (; _next < _lines.Count && _lines[_next].Depth >= depth;)
        {
            SchemaLine line = _lines[_next++];
            if (line.Depth > depth)
            {
                throw new SchemaException(line.Number, "This line is indented, and the line before it is no structure.");
            }

            if (line.Words[0] == "struct" && line.Words.Length == 2)
            {
                ParseStructure(message, line, FieldParser.Name(line, line.Words[1]), depth);
                continue;
            }

            Field field = FieldParser.Parse(line);
            structure.Fields.Add(field);
            if (field.Kind == ValueKind.Structure && _next < _lines.Count && _lines[_next].Depth > depth)
            {
                ParseStructure(message, line, field.StructureName, depth);
            }
        }
    }

    private void ParseStructure(Message message, SchemaLine line, string name, int depth)
    {
        if (message.Find(name) is not null)
        {
            throw new SchemaException(line.Number, $"The structure '{name}' has its fields already.");
        }

        var structure = new Structure(name, line.Number);
        message.Structures.Add(structure);
        ParseFields(message, structure, depth + 1);
        if (structure.Fields.Count == 0)
        {
            throw new SchemaException(line.Number, $"The structure '{name}' has no fields.");
        }
    }
}
