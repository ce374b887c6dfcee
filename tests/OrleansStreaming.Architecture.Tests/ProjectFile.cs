using System.Xml.Linq;

namespace OrleansStreaming.Architecture.Tests;

/// <summary>A csproj: what it references and whether it sees Orleans.</summary>
internal sealed class ProjectFile
{
    private readonly XElement _xml;

    public ProjectFile(string path, string text)
    {
        Path = path;
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        _xml = XElement.Parse(text);
    }

    public string Path { get; }

    public string Name { get; }

    /// <summary>Names of the projects referenced as code; an analyzer reference ends with <c>(analyzer)</c>.</summary>
    public IReadOnlyList<string> References =>
    [
        .. _xml.Descendants("ProjectReference").Select(reference =>
            System.IO.Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/')) +
            ((string?)reference.Attribute("OutputItemType") == "Analyzer" ? " (analyzer)" : "")),
    ];

    /// <summary>contracts, silo, or empty.</summary>
    public string UsesOrleans => _xml.Descendants("UsesOrleans").SingleOrDefault()?.Value ?? "";

    public override string ToString() => Path;
}
