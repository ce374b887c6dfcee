namespace OrleansStreaming.Architecture.Tests;

/// <summary>The working tree these tests look at: sources as text, projects as XML.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file written by hand under src.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } = SourcesUnder("src");

    /// <summary>Every C# file written by hand under tests.</summary>
    public static IReadOnlyList<SourceFile> TestSources { get; } = SourcesUnder("tests");

    public static IReadOnlyList<ProjectFile> Projects { get; } = ProjectsUnder("src");

    public static IReadOnlyList<ProjectFile> TestProjects { get; } = ProjectsUnder("tests");

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    /// <summary>Files under a folder, relative to the root with '/', without build output.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var start = Path.Combine(Root, folder);
        return Directory.Exists(start)
            ? Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
                .Order(StringComparer.Ordinal)
            : [];
    }

    private static SourceFile[] SourcesUnder(string folder) =>
        [.. Files(folder, "*.cs").Select(path => new SourceFile(path, Read(path)))];

    private static ProjectFile[] ProjectsUnder(string folder) =>
        [.. Files(folder, "*.csproj").Select(path => new ProjectFile(path, Read(path)))];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Streaming.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Orleans.Streaming.sln above {AppContext.BaseDirectory}.");
    }
}
