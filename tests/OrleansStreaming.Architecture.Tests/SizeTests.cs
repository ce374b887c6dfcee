namespace OrleansStreaming.Architecture.Tests;

/// <summary>A file does one thing; grains are thin shells around pure machines.</summary>
public sealed class SizeTests
{
    private const int FileLines = 400;
    private const int GrainLines = 200;

    [Fact]
    public void NoFileIsLongerThan400Lines() =>
        Assert.Empty(
            from file in Repository.Sources.Concat(Repository.TestSources)
            where file.LineCount > FileLines
            select $"{file.Path}: {file.LineCount} lines");

    [Fact]
    public void NoGrainIsLongerThan200Lines() =>
        Assert.Empty(
            from file in Repository.Sources
            where !file.Path.StartsWith("src/Orleans.Embedded/", StringComparison.Ordinal)
            from type in file.Types
            where type.Kind == "class" && type.Name.EndsWith("Grain", StringComparison.Ordinal)
            group file.LineCount by type.Name into grain // partial classes count as one
            where grain.Sum() > GrainLines
            select $"{grain.Key}: {grain.Sum()} lines");
}
