using System;
using System.Collections.Generic;

namespace OrleansStreaming.Kafka.Generator.Parsing;

/// <summary>A line with content: its depth (two spaces a step) and its words, comment removed.</summary>
public sealed class SchemaLine
{
    private const int Step = 2;

    private SchemaLine(int number, int depth, string[] words)
    {
        Number = number;
        Depth = depth;
        Words = words;
    }

    public int Number { get; }

    public int Depth { get; }

    public string[] Words { get; }

    public static List<SchemaLine> Split(string text)
    {
        var lines = new List<SchemaLine>();
        string[] raw = text.Replace("\r", "").Split('\n');
        for (int number = 0; number < raw.Length; number++)
        {
            int comment = raw[number].IndexOf('#');
            string content = comment < 0 ? raw[number] : raw[number].Substring(0, comment);
            if (content.Trim().Length == 0)
            {
                continue;
            }

            int indent = content.Length - content.TrimStart(' ').Length;
            if (indent % Step != 0 || content.IndexOf('\t') >= 0)
            {
                throw new SchemaException(number, "Indent with two spaces a step.");
            }

            lines.Add(new SchemaLine(number, indent / Step, content.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries)));
        }

        return lines;
    }
}
