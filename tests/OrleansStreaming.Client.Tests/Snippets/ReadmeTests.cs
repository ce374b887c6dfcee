using System.Text.RegularExpressions;
using OrleansStreaming.Client.Tests.Surface;

namespace OrleansStreaming.Client.Tests.Snippets;

/// <summary>What the README shows is what is compiled and run in <see cref="ReadmeSnippets"/>.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("five-minutes")]
    [InlineData("container")]
    [InlineData("producing")]
    [InlineData("consuming")]
    [InlineData("seeking")]
    [InlineData("administration")]
    public void TheReadmeShowsWhatRuns(string name)
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "OrleansStreaming.Client.Tests", "Snippets", "ReadmeSnippets.cs"));
        var body = Regex.Match(source, $@"// begin {name}\n(.*?)\n *// end {name}\n", RegexOptions.Singleline).Groups[1].Value;
        var snippet = Regex.Replace(body, "^        ", "", RegexOptions.Multiline);
        var readme = Regex.Replace(File.ReadAllText(Path.Combine(Repository.Root, "README.md")), @"\r\n", "\n");

        Assert.NotEmpty(snippet);
        Assert.Contains($"```csharp\n{snippet}\n", readme);
    }

    [Fact]
    public void TheTestClustersDocumentationShowsWhatRuns()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "src", "OrleansStreaming.Testing", "StreamingTestCluster.cs"));
        var example = Regex.Match(documentation, "/// <code>\n(.*?)/// </code>", RegexOptions.Singleline).Groups[1].Value;
        var code = System.Net.WebUtility.HtmlDecode(Regex.Replace(example, "^/// ?", "", RegexOptions.Multiline));

        Assert.NotEmpty(code);
        Assert.EndsWith(code, File.ReadAllText(Path.Combine(Repository.Root, "tests", "OrleansStreaming.Client.Tests", "Snippets", "OrderTests.cs")));
    }

    [Fact]
    public void NoCSharpInTheReadmeIsUntested()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Equal(6, CSharpBlock().Count(readme));
    }

    [GeneratedRegex("^```csharp$", RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
