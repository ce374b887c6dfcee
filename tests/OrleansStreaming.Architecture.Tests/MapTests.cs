namespace OrleansStreaming.Architecture.Tests;

/// <summary>src/README.md is the map; a map that lies is worse than none.</summary>
public sealed class MapTests
{
    [Fact]
    public void EveryProjectIsOnTheMap()
    {
        var map = Repository.Read("src/README.md");

        Assert.All(Repository.Projects.Concat(Repository.TestProjects), project => Assert.Contains($"`{project.Name}`", map));
    }

    [Fact]
    public void EveryPathOnTheMapExists()
    {
        var missing =
            from word in Repository.Read("src/README.md").Split('`').Where((_, index) => index % 2 == 1)
            where word.Contains('/') && (word.StartsWith("src/", StringComparison.Ordinal) || word.StartsWith("tests/", StringComparison.Ordinal) || word.StartsWith("eng/", StringComparison.Ordinal))
            where !Path.Exists(Path.Combine(Repository.Root, word))
            select word;

        Assert.Empty(missing);
    }
}
