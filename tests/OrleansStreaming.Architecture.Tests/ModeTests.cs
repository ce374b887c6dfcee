using System.Text.RegularExpressions;

namespace OrleansStreaming.Architecture.Tests;

/// <summary>Which Orleans a build uses is known in few places; everything else compiles unchanged against either.</summary>
public sealed partial class ModeTests
{
    private static readonly string[] _mayKnow =
    [
        "src/Orleans.Embedded/", "src/OrleansStreaming.Server/Hosting/", "src/OrleansStreaming.Client/Hosting/", "src/OrleansStreaming.Testing/Hosting/",
        "tests/OrleansStreaming.Architecture.Tests/",
        "tests/Orleans.Embedded.Tests/Serialization/", "tests/Orleans.Embedded.Tests/Clusters/",
        "tests/Orleans.Embedded.Tests/Orleans.Embedded.Tests.csproj",
    ];

    /// <summary>Folders of tests that are compiled in the embedded mode only.</summary>
    private const string EmbeddedTests = "/EmbeddedClusters/";

    [Fact]
    public void OnlyTheHostingFolderKnowsTheMode()
    {
        var texts = Repository.Sources.Concat(Repository.TestSources).Select(file => (file.Path, Text: file.Text))
            .Concat(Repository.Projects.Concat(Repository.TestProjects).Select(project => (project.Path, Text: Repository.Read(project.Path))));

        var strangers =
            from text in texts
            where !_mayKnow.Any(place => text.Path.StartsWith(place, StringComparison.Ordinal)) && !text.Path.Contains(EmbeddedTests, StringComparison.Ordinal)
            from Match match in Mode().Matches(text.Text)
            select $"{text.Path}: {match.Value}";

        Assert.Empty(strangers);
    }

    [GeneratedRegex(@"ORLEANS_MICROSOFT|OrleansPackages|using Orleans\.Embedded(?!\.Tests)\b|Orleans\.Embedded\.csproj")]
    private static partial Regex Mode();
}
