using System.Text;

namespace OrleansStreaming.Kafka.Generator.Emission;

/// <summary>Source text with braces that indent.</summary>
public sealed class CodeText
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public CodeText Line(string line)
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
        return this;
    }

    public CodeText Open(string head)
    {
        Line(head).Line("{");
        _depth++;
        return this;
    }

    public CodeText Close()
    {
        _depth--;
        return Line("}");
    }

    /// <summary>Opens a block when there is a condition, and leaves the lines as they are when there is none.</summary>
    public CodeText OpenIf(string condition) => condition.Length == 0 ? this : Open($"if ({condition})");

    public CodeText CloseIf(string condition) => condition.Length == 0 ? this : Close();

    public override string ToString() => _text.ToString();
}
