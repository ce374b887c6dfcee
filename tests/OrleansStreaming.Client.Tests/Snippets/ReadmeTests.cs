using System.Text.RegularExpressions;
using OrleansStreaming.Client.Tests.Surface;

namespace OrleansStreaming.Client.Tests.Snippets;

/// <summary>What the README shows is what is compiled and run in <see cref="ReadmeSnippets"/>.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("five-minutes")]
    [InlineData("container")]
    [InlineData("connecting", "OneMachine/ExternalClientTests.cs")]
    [InlineData("producing")]
    [InlineData("consuming")]
    [InlineData("seeking")]
    [InlineData("administration")]
    [InlineData("testing", "OneMachine/LeaderCrashTests.cs")]
    public void TheReadmeShowsWhatRuns(string name, string file = "Snippets/ReadmeSnippets.cs")
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "OrleansStreaming.Client.Tests", file));
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
        string[] tests = ["Snippets/OrderTests.cs", "OneMachine/LeaderCrashTests.cs"];
        var examples = Regex.Matches(documentation, "/// <code>\n(.*?)/// </code>", RegexOptions.Singleline);

        Assert.Equal(tests.Length, examples.Count);
        foreach (var (test, example) in tests.Zip(examples))
        {
            var code = System.Net.WebUtility.HtmlDecode(Regex.Replace(example.Groups[1].Value, "^/// ?", "", RegexOptions.Multiline));
            var runs = File.ReadAllText(Path.Combine(Repository.Root, "tests", "OrleansStreaming.Client.Tests", test));
            Assert.NotEmpty(code);
            Assert.Contains(Unindented(code), Unindented(runs));
        }
    }

    [Fact]
    public void NoCSharpInTheReadmeIsUntested()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        Assert.Equal(8, CSharpBlock().Count(readme));
    }

    private static string Unindented(string code) => Regex.Replace(code, "^ +", "", RegexOptions.Multiline);

    [GeneratedRegex("^```csharp$", RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
