using OrleansStreaming.Testing;

namespace OrleansStreaming.Client.Tests.Surface;

/// <summary>The public surface is a file that is reviewed: what changes it changes the file, on purpose.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("OrleansStreaming.Client")]
    [InlineData("OrleansStreaming.Testing")]
    public void TheSurfaceIsAsReviewed(string project)
    {
        var assembly = project == "OrleansStreaming.Client" ? typeof(IStreamingClient).Assembly : typeof(StreamingTestCluster).Assembly;
        var path = Path.Combine(Repository.Root, "src", project, "PublicAPI.txt");
        var actual = string.Join('\n', PublicSurface.Of(assembly)) + "\n";
        var reviewed = File.Exists(path) ? File.ReadAllText(path) : "";
        if (actual != reviewed)
        {
            var written = Path.Combine(Path.GetTempPath(), $"{project}.PublicAPI.txt");
            File.WriteAllText(written, actual);
            var lines = actual.Split('\n');
            var known = reviewed.Split('\n');
            Assert.Fail($"The public surface of {project} changed; if it is meant to, copy {written} to {path}.\n"
                + string.Join('\n', lines.Except(known).Select(line => "+ " + line).Concat(known.Except(lines).Select(line => "- " + line))));
        }
    }
}
