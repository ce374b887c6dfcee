using System.Text.RegularExpressions;

namespace OrleansStreaming.Architecture.Tests;

/// <summary>Names say what a thing is; unfinished things are issues, not comments.</summary>
public sealed partial class NamingTests
{
    [Fact]
    public void NoTypeIsNamedAfterNothing() =>
        Assert.Empty(
            from file in Repository.Sources.Concat(Repository.TestSources)
            from type in file.Types
            where Vague().IsMatch(type.Name)
            select $"{file.Path}: {type.Name}");

    [Fact]
    public void NothingIsLeftForLater() =>
        Assert.Empty(
            from file in Repository.Sources.Concat(Repository.TestSources)
            from Match match in Later().Matches(file.Text)
            where !file.Path.EndsWith("/NamingTests.cs", StringComparison.Ordinal)
            select $"{file.Path}: {match.Value}");

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities|Common)$")]
    private static partial Regex Vague();

    [GeneratedRegex(@"\b(TODO|HACK|FIXME|XXX)\b")]
    private static partial Regex Later();
}
