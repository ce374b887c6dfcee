using System.Collections.Immutable;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Consumers;

/// <summary>What a group's own configs do: from a member's next heartbeat on.</summary>
public sealed class GroupConfigTests
{
    private readonly GroupBench _bench = new GroupBench().WithTopics(("t", 4));

    [Fact]
    public void The_heartbeat_interval_is_told_with_each_answer()
    {
        Assert.Equal(5_000, _bench.JoinConsumer("a").HeartbeatIntervalMs);
        Set("consumer.heartbeat.interval.ms", "7000");
        Assert.Equal(7_000, _bench.Beat("a", 1).HeartbeatIntervalMs);
        Set("consumer.heartbeat.interval.ms", "99000");
        Assert.Equal(15_000, _bench.Beat("a", 1).HeartbeatIntervalMs);
        _bench.WithTopics(("t", 4));
        Assert.Equal(5_000, _bench.Beat("a", 1).HeartbeatIntervalMs);
    }

    [Fact]
    public void A_silent_member_lives_as_long_as_its_group_says()
    {
        Set("consumer.session.timeout.ms", "60000");
        _bench.JoinConsumer("a");
        _bench.Pass(59_999);
        Assert.Equal(ErrorCode.None, _bench.BeatError("a", 1));
        _bench.Pass(60_000);
        Assert.Equal(ErrorCode.UnknownMemberId, _bench.BeatError("a", 1));
    }

    private void Set(string name, string value) => _bench.Image = new ClusterImage
    {
        Version = _bench.Image.Version + 1,
        Topics = _bench.Image.Topics,
        TopicsById = _bench.Image.TopicsById,
        GroupConfigs = ImmutableDictionary<string, IReadOnlyDictionary<string, string>>.Empty
            .Add("g", new Dictionary<string, string> { [name] = value }),
    };
}
