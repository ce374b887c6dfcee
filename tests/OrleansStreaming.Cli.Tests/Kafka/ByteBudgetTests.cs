using OrleansStreaming.Cli.Kafka.Producing;

namespace OrleansStreaming.Cli.Tests.Kafka;

public sealed class ByteBudgetTests
{
    [Fact]
    public void WaitersEnterInTheirOrder()
    {
        var budget = new ByteBudget(10);
        Assert.True(budget.TakeAsync(8).IsCompleted);
        var large = budget.TakeAsync(8);
        var small = budget.TakeAsync(1); // would fit, but stands behind

        Assert.False(small.IsCompleted);
        budget.Release(8);

        Assert.True(large.IsCompleted);
        Assert.True(small.IsCompleted);
    }

    [Fact]
    public void WhatIsLargerThanAllEntersAlone()
    {
        var budget = new ByteBudget(10);
        var first = budget.TakeAsync(1);
        var giant = budget.TakeAsync(100);

        Assert.True(first.IsCompleted);
        Assert.False(giant.IsCompleted);
        budget.Release(1);
        Assert.True(giant.IsCompleted);
    }
}
