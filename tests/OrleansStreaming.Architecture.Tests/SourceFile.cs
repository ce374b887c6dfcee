using System.Text.RegularExpressions;

namespace OrleansStreaming.Architecture.Tests;

/// <summary>A C# file: its path from the root, its text, and its text without comments and without what strings say.</summary>
internal sealed partial class SourceFile(string path, string text)
{
    public string Path { get; } = path;

    public string Text { get; } = text;

    public string Code { get; } = CSharpText.WithoutCommentsAndStrings(text);

    public int LineCount { get; } = text.AsSpan().Count('\n') + (text.EndsWith('\n') ? 0 : 1);

    public string? Namespace => FileScopedNamespace().Match(Code) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Names of the classes, records, structs and interfaces declared here.</summary>
    public IEnumerable<(string Kind, string Name)> Types =>
        TypeDeclaration().Matches(Code).Select(match => (match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>The number of the line that holds this position.</summary>
    public int LineOf(int position) => Code.AsSpan(0, position).Count('\n') + 1;

    public override string ToString() => Path;

    [GeneratedRegex(@"^namespace\s+([\w.]+)\s*;", RegexOptions.Multiline)]
    private static partial Regex FileScopedNamespace();

    [GeneratedRegex(@"\b(class|interface|struct|record(?:\s+(?:class|struct))?|enum)\s+([A-Z]\w*)")]
    private static partial Regex TypeDeclaration();
}
