namespace OrleansStreaming.Architecture.Tests;

/// <summary>Folder = namespace, so that a type is found without a search.</summary>
public sealed class NamespaceTests
{
    [Fact]
    public void NamespaceIsTheFolder()
    {
        // Orleans.Embedded carries Orleans' own namespaces, whatever folder suits them.
        var strays =
            from file in Repository.Sources.Concat(Repository.TestSources)
            where !file.Path.StartsWith("src/Orleans.Embedded/", StringComparison.Ordinal)
            let actual = file.Namespace
            let expected = Path.GetDirectoryName(file.Path)!.Replace('\\', '/').Split('/', 2)[1].Replace('/', '.')
            where actual != expected && (actual is not null || file.Types.Any())
            select $"{file.Path}: {actual ?? "no file-scoped namespace"}, expected {expected}";

        Assert.Empty(strays);
    }
}
