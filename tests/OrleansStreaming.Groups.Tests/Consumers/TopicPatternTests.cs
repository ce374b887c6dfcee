using OrleansStreaming.Groups.Machine;

namespace OrleansStreaming.Groups.Tests.Consumers;

public sealed class TopicPatternTests
{
    [Theory]
    [InlineData("a.*", "abc", true)]
    [InlineData("a.*", "ba", false)]
    [InlineData("a|b", "ab", false)]
    [InlineData("", "a", false)]
    [InlineData("(?i)ORDERS", "orders", true)]
    [InlineData("v[[:digit:]]+", "v12", true)]
    [InlineData("v[[:digit:]]+", "v:]", false)]
    [InlineData("[[:alpha:]_]+", "a_b", true)]
    [InlineData("(?P<kind>[a-z]+)-log", "access-log", true)]
    public void The_whole_name_must_match(string pattern, string topic, bool isMatch) =>
        Assert.Equal(isMatch, TopicPattern.Parse(pattern)!.Matches(topic));

    [Theory]
    [InlineData("a)|(?:b")]
    [InlineData("*")]
    [InlineData("(a)\\1")]
    [InlineData("(?<!a)b")]
    [InlineData("(?>a)")]
    [InlineData("(a{0,500}){0,500}b")]
    public void What_is_no_expression_of_RE2_or_too_large_is_none(string pattern) => Assert.Null(TopicPattern.Parse(pattern));

    [Theory]
    [InlineData("(((a*)*)*)*b")]
    [InlineData("(a|a|a|a)*(a|aa)*b")]
    [InlineData("(a{0,9}){0,9}b")]
    public void No_expression_keeps_the_coordinator_busy(string pattern) =>
        Assert.False(TopicPattern.Parse(pattern)!.Matches(new string('a', 249)));
}
