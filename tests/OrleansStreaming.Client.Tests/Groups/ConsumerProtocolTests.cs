using OrleansStreaming.Client.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Groups;

/// <summary>The bytes that every Kafka consumer exchanges through its group.</summary>
public sealed class ConsumerProtocolTests
{
    [Fact]
    public void ASubscriptionHasKafkasBytes()
    {
        var bytes = ConsumerProtocol.WriteSubscription(new MemberSubscription(["t"], [new TopicPartition("t", 1)], 5));

        // Version 3, topics, no user data, owned partitions, generation, no rack.
        Assert.Equal("000300000001000174FFFFFFFF000000010001740000000100000001" + "00000005FFFF", Convert.ToHexString(bytes));
    }

    [Fact]
    public void AnAssignmentHasKafkasBytes() => Assert.Equal(
        "000000000001000174000000020000000000000002FFFFFFFF",
        Convert.ToHexString(ConsumerProtocol.WriteAssignment([new TopicPartition("t", 0), new TopicPartition("t", 2)])));

    [Theory]
    [InlineData("000000000001000174FFFFFFFF", -1)] // version 0 ends with the user data
    [InlineData("000100000001000174FFFFFFFF00000000", -1)]
    [InlineData("000900000001000174FFFFFFFF0000000000000007FFFFAABB", 7)] // a version of the future adds fields
    public void OtherVersionsAreRead(string bytes, int generation)
    {
        var subscription = ConsumerProtocol.ReadSubscription(Convert.FromHexString(bytes));

        Assert.Equal(["t"], subscription.Topics);
        Assert.Equal(generation, subscription.Generation);
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("00007FFFFFFF")]
    [InlineData("000000000001FFFF")]
    public void GarbageIsRefused(string bytes) =>
        Assert.Throws<FormatException>(() => ConsumerProtocol.ReadSubscription(Convert.FromHexString(bytes)));

    [Fact]
    public void WhatTheStickyAssignorKeepsComesBack()
    {
        var former = new MemberSubscription(["t"], [new TopicPartition("t", 2)], 9);
        var read = ConsumerProtocol.ReadSticky(ConsumerProtocol.WriteSubscription(new MemberSubscription(["t"], [], -1), former));

        Assert.Equal(former.Owned, read.Owned);
        Assert.Equal(9, read.Generation);
    }

    [Fact]
    public void AnEmptyAssignmentIsNoPartitions() => Assert.Empty(ConsumerProtocol.ReadAssignment([]));
}
