namespace OrleansStreaming.Benchmarks.Processes;

/// <summary>Where this working tree lies.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The broker that ./run.sh built or the one built beside this program, whichever is newer.</summary>
    public static string Server { get; } = FindServer();

    private static string FindServer()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        string[] folders =
        [
            Path.Combine(Root, "artifacts", "broker"),
            Path.Combine(Root, "src", "OrleansStreaming.Server", "bin", configuration, "net10.0"),
        ];
        var newest = folders.Where(Directory.Exists)
            .MaxBy(folder => Directory.EnumerateFiles(folder, "OrleansStreaming.*.dll").Max(File.GetLastWriteTimeUtc))!;
        Console.WriteLine($"Broker: {newest}");
        return Path.Combine(newest, "OrleansStreaming.Server.dll");
    }

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
