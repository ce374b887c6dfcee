using System.Diagnostics;
using OrleansStreaming.Client.Tests.Surface;

namespace OrleansStreaming.Client.Tests.Samples;

/// <summary>A sample as it was built with this project.</summary>
internal static class SampleProcess
{
    public static Process Start(string sample, params string[] arguments)
    {
        var build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "src", "Samples", sample, "bin", build, new DirectoryInfo(AppContext.BaseDirectory).Name, $"{sample}.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
    }
}
