using OrleansStreaming.Cluster.Topics;

namespace OrleansStreaming.Cluster.Tests.Topics;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("Orders.v1_final-2")]
    [InlineData("...")]
    public void Legal_names_are_accepted(string name) => Assert.Null(TopicNames.Validate(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("a@1")]
    [InlineData("größe")]
    [InlineData("a\n")]
    public void Illegal_names_are_refused(string name) => Assert.NotNull(TopicNames.Validate(name));

    [Fact]
    public void The_longest_name_has_249_characters()
    {
        Assert.Null(TopicNames.Validate(new string('x', 249)));
        Assert.NotNull(TopicNames.Validate(new string('x', 250)));
    }

    [Fact]
    public void Dots_and_underscores_collide() =>
        Assert.Equal(TopicNames.CollisionKey("a.b_c"), TopicNames.CollisionKey("a_b.c"));
}
