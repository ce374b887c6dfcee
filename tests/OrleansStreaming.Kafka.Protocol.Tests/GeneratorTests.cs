using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using OrleansStreaming.Kafka.Generator;

namespace OrleansStreaming.Kafka.Protocol.Tests;

public sealed class GeneratorTests
{
    private const string Good = "api Example 0-4 flexible 3\n\nrequest\n  Name string\n\nresponse\n  ErrorCode int16\n";

    [Fact]
    public void A_good_schema_becomes_a_request_a_response_and_the_catalog()
    {
        GeneratorDriverRunResult result = Run("Example.schema", Good);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(
            ["ApiCatalog.g.cs", "ExampleRequest.g.cs", "ExampleResponse.g.cs"],
            result.Results[0].GeneratedSources.Select(source => source.HintName).Order());
    }

    [Fact]
    public void The_example_on_the_format_page_is_a_good_schema()
    {
        string page = File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, "SchemaFiles", "README.md"));
        GeneratorDriverRunResult result = Run("Example.schema", page.Split("```")[1]);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(3, result.Results[0].GeneratedSources.Length);
    }

    [Theory]
    [InlineData(1, "api Example 0-4 flexible")]
    [InlineData(1, "api Example 0+")]
    [InlineData(1, "api Example 4-0")]
    [InlineData(1, "api example 0-4")]
    [InlineData(1, "api Other 0-4\nrequest\nresponse")]
    [InlineData(1, "# nothing")]
    [InlineData(2, "api Example 0-4\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Name")]
    [InlineData(3, "api Example 0-4\nrequest\n  Name text")]
    [InlineData(3, "api Example 0-4\nrequest\n  Name string 3..4")]
    [InlineData(3, "api Example 0-4\nrequest\n  Name string 0+ ignored")]
    [InlineData(3, "api Example 0-4\nrequest\n  Name string 5+\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  name string\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n   Name string\nresponse")]
    [InlineData(4, "api Example 0-4\nrequest\n  Name string\n    Inner string\nresponse")]
    [InlineData(4, "api Example 0-4\nrequest\n  Name string\n  Name string\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Count int32 = many\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Count int8 = 200\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Name string = null\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Count int32?\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Data records\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Tagged int32 tag 0\nresponse")]
    [InlineData(4, "api Example 0-4 flexible 0\nrequest\n  One int32 tag 0\n  Two int32 tag 0\nresponse")]
    [InlineData(3, "api Example 0-4 flexible 0\nrequest\n  Data records? tag 0 = null\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Parts []Part\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Part Part\n    Name string\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  Parts []Part\n    Parts []Part\nresponse")]
    [InlineData(3, "api Example 0-4\nrequest\n  struct Unused\n    Name string\nresponse")]
    [InlineData(5, "api Example 0-4\nrequest\n  Name string\nresponse\n  struct Empty\n")]
    [InlineData(5, "api Example 0-4\nrequest\nresponse\n  Code int16\nmore")]
    public void A_wrong_schema_is_an_error_with_file_and_line(int line, string text)
    {
        GeneratorDriverRunResult result = Run("Example.schema", text);
        Diagnostic error = Assert.Single(result.Diagnostics);
        Assert.Equal("OSK001", error.Id);
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
        Assert.Equal("Example.schema", error.Location.GetLineSpan().Path);
        Assert.Equal(line, error.Location.GetLineSpan().StartLinePosition.Line + 1);
    }

    private static GeneratorDriverRunResult Run(string path, string text)
    {
        var compilation = CSharpCompilation.Create("test");
        GeneratorDriver driver = CSharpGeneratorDriver
            .Create(new SchemaGenerator())
            .AddAdditionalTexts(ImmutableArray.Create<AdditionalText>(new SchemaText(path, text)));
        return driver.RunGenerators(compilation).GetRunResult();
    }

    private sealed class SchemaText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
