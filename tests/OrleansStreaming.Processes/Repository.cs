namespace OrleansStreaming.Processes;

/// <summary>Where this working tree lies.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The broker built beside these tests, in the same configuration.</summary>
    public static string Server { get; } = Path.Combine(
        Root, "src", "OrleansStreaming.Server", "bin",
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "OrleansStreaming.Server.dll");

    public static string Script(string name) => Path.Combine(Root, "tests", "OrleansStreaming.Interop.Tests", "Scripts", name);

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
