using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Contracts.Tests.Configs;

public sealed class TopicConfigsTests
{
    [Theory]
    [InlineData("retention.ms", "604800000", ConfigType.Long)]
    [InlineData("retention.bytes", "-1", ConfigType.Long)]
    [InlineData("segment.bytes", "1073741824", ConfigType.Int)]
    [InlineData("segment.ms", "604800000", ConfigType.Long)]
    [InlineData("segment.index.bytes", "10485760", ConfigType.Int)]
    [InlineData("segment.jitter.ms", "0", ConfigType.Long)]
    [InlineData("cleanup.policy", "delete", ConfigType.List)]
    [InlineData("max.message.bytes", "1048588", ConfigType.Int)]
    [InlineData("compression.type", "producer", ConfigType.String)]
    [InlineData("compression.gzip.level", "-1", ConfigType.Int)]
    [InlineData("compression.lz4.level", "9", ConfigType.Int)]
    [InlineData("compression.zstd.level", "3", ConfigType.Int)]
    [InlineData("message.timestamp.type", "CreateTime", ConfigType.String)]
    [InlineData("message.timestamp.before.max.ms", "9223372036854775807", ConfigType.Long)]
    [InlineData("message.timestamp.after.max.ms", "3600000", ConfigType.Long)]
    [InlineData("min.insync.replicas", "1", ConfigType.Int)]
    [InlineData("flush.messages", "9223372036854775807", ConfigType.Long)]
    [InlineData("flush.ms", "9223372036854775807", ConfigType.Long)]
    [InlineData("index.interval.bytes", "4096", ConfigType.Int)]
    [InlineData("delete.retention.ms", "86400000", ConfigType.Long)]
    [InlineData("min.compaction.lag.ms", "0", ConfigType.Long)]
    [InlineData("max.compaction.lag.ms", "9223372036854775807", ConfigType.Long)]
    [InlineData("min.cleanable.dirty.ratio", "0.5", ConfigType.Double)]
    [InlineData("file.delete.delay.ms", "60000", ConfigType.Long)]
    [InlineData("preallocate", "false", ConfigType.Boolean)]
    [InlineData("unclean.leader.election.enable", "false", ConfigType.Boolean)]
    [InlineData("leader.replication.throttled.replicas", "", ConfigType.List)]
    [InlineData("follower.replication.throttled.replicas", "", ConfigType.List)]
    [InlineData("remote.storage.enable", "false", ConfigType.Boolean)]
    [InlineData("local.retention.ms", "-2", ConfigType.Long)]
    [InlineData("local.retention.bytes", "-2", ConfigType.Long)]
    public void HasKafkasDefaultAndType(string name, string value, ConfigType type)
    {
        var definition = TopicConfigs.All[name];

        Assert.Equal(value, definition.Default);
        Assert.Equal(type, definition.Type);
        Assert.False(definition.IsReadOnly);
    }

    [Fact]
    public void EveryDefaultPassesItsOwnCheck() =>
        Assert.All(
            TopicConfigs.All.Values.Concat(BrokerConfigs.All.Values).Where(definition => definition.Default is not null),
            definition => Assert.Null(definition.Validate(definition.Default!)));

    [Fact]
    public void EveryBrokerSynonymExistsAndMayChangeAtRunTime() =>
        Assert.All(
            TopicConfigs.All.Values.Where(definition => definition.BrokerSynonym is not null),
            definition => Assert.False(BrokerConfigs.All[definition.BrokerSynonym!].IsReadOnly));

    [Theory]
    [InlineData("retention.ms", "-1")]
    [InlineData("retention.ms", " 1000 ")]
    [InlineData("segment.bytes", "1048576")]
    [InlineData("cleanup.policy", "compact,delete")]
    [InlineData("cleanup.policy", "compact, delete")]
    [InlineData("compression.type", "zstd")]
    [InlineData("compression.gzip.level", "9")]
    [InlineData("preallocate", "TRUE")]
    [InlineData("min.cleanable.dirty.ratio", "1e-1")]
    [InlineData("leader.replication.throttled.replicas", "*")]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2")]
    public void Accepts(string name, string value) => Assert.Null(TopicConfigs.Validate(name, value));

    [Theory]
    [InlineData("retention.ms", "-2")]
    [InlineData("retention.ms", "a week")]
    [InlineData("retention.ms", "")]
    [InlineData("retention.ms", "9223372036854775808")]
    [InlineData("segment.bytes", "1048575")]
    [InlineData("segment.bytes", "2147483648")]
    [InlineData("cleanup.policy", "shrink")]
    [InlineData("cleanup.policy", "delete,shrink")]
    [InlineData("compression.type", "brotli")]
    [InlineData("compression.type", "ZSTD")]
    [InlineData("compression.gzip.level", "0")]
    [InlineData("compression.gzip.level", "10")]
    [InlineData("compression.lz4.level", "18")]
    [InlineData("compression.zstd.level", "23")]
    [InlineData("message.timestamp.type", "createtime")]
    [InlineData("min.insync.replicas", "0")]
    [InlineData("min.cleanable.dirty.ratio", "1.5")]
    [InlineData("min.cleanable.dirty.ratio", "NaN")]
    [InlineData("preallocate", "yes")]
    [InlineData("leader.replication.throttled.replicas", "0:1:2")]
    [InlineData("leader.replication.throttled.replicas", "0:a")]
    public void Refuses(string name, string value)
    {
        var message = TopicConfigs.Validate(name, value);

        Assert.NotNull(message);
        Assert.Contains(name, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("retention.msec")]
    [InlineData("message.format.version")] // gone since Kafka 4
    [InlineData("log.retention.ms")] // the broker's name
    public void RefusesUnknownNames(string name) => Assert.NotNull(TopicConfigs.Validate(name, "1"));

    [Fact]
    public void RefusesCompactionLagsThatCross()
    {
        var values = new Dictionary<string, string> { ["min.compaction.lag.ms"] = "2", ["max.compaction.lag.ms"] = "1" };

        Assert.NotNull(TopicConfigs.ValidateTogether(name => values.GetValueOrDefault(name)));
        values["max.compaction.lag.ms"] = "2";
        Assert.Null(TopicConfigs.ValidateTogether(name => values.GetValueOrDefault(name)));
    }
}
