using OrleansStreaming.Records.Batches;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Replication.Replicas;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Replication.Tests.Replicas;

public sealed class ReplicaOptionsTests
{
    private static readonly Dictionary<string, string> _none = [];

    [Fact]
    public void Nothing_set_gives_the_logs_own_defaults() =>
        Assert.Equal(ReplicaOptions.Default, ReplicaOptions.From(_none, BrokerConfigLayers.Empty));

    [Fact]
    public void The_topic_wins_over_the_broker_and_the_broker_over_the_cluster()
    {
        var layers = new BrokerConfigLayers
        {
            Dynamic = new Dictionary<string, string> { ["log.retention.ms"] = "2" },
            DynamicDefault = new Dictionary<string, string> { ["log.retention.ms"] = "3", ["log.segment.bytes"] = "2000000" },
            Static = new Dictionary<string, string> { ["log.segment.bytes"] = "3000000", ["log.roll.hours"] = "1" },
        };
        var topic = new Dictionary<string, string>
        {
            ["retention.ms"] = "1",
            ["cleanup.policy"] = "compact",
            ["message.timestamp.type"] = "LogAppendTime",
            ["min.insync.replicas"] = "2",
            ["flush.messages"] = "1",
        };
        var options = ReplicaOptions.From(topic, layers);
        Assert.Equal(1, options.Log.RetentionMs);
        Assert.Equal(2_000_000, options.Log.SegmentBytes);
        Assert.Equal(3_600_000, options.Log.SegmentMs);
        Assert.Equal(TimestampType.LogAppendTime, options.Log.TimestampType);
        Assert.True(options.Log.CleanupCompact);
        Assert.False(options.Log.CleanupDelete);
        Assert.Equal(2, options.MinInSync);
        Assert.Equal(1, options.Log.FlushMessages);
        Assert.Equal(2, ReplicaOptions.From(_none, layers).Log.RetentionMs);
    }
}
