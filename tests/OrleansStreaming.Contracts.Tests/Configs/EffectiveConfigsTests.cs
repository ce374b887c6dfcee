using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Contracts.Tests.Configs;

public sealed class EffectiveConfigsTests
{
    [Fact]
    public void WithoutAnythingSetTheDefaultApplies()
    {
        var effective = EffectiveConfigs.Topic("retention.ms", null, BrokerConfigLayers.Empty);

        Assert.Equal("604800000", effective.Value); // 168 hours
        Assert.Equal(ConfigSource.DefaultConfig, effective.Source);
        Assert.Equal([new ConfigSynonym("log.retention.hours", "168", ConfigSource.DefaultConfig)], effective.Synonyms);
    }

    [Fact]
    public void EachLayerWinsOverTheNext()
    {
        var topic = new Dictionary<string, string> { ["retention.ms"] = "1" };
        var broker = new BrokerConfigLayers
        {
            Dynamic = new Dictionary<string, string> { ["log.retention.ms"] = "2" },
            DynamicDefault = new Dictionary<string, string> { ["log.retention.ms"] = "3" },
            Static = new Dictionary<string, string> { ["log.retention.minutes"] = "4" },
        };

        var effective = EffectiveConfigs.Topic("retention.ms", topic, broker);

        Assert.Equal("1", effective.Value);
        Assert.Equal(ConfigSource.TopicConfig, effective.Source);
        Assert.Equal(
            [
                new ConfigSynonym("retention.ms", "1", ConfigSource.TopicConfig),
                new ConfigSynonym("log.retention.ms", "2", ConfigSource.DynamicBrokerConfig),
                new ConfigSynonym("log.retention.ms", "3", ConfigSource.DynamicDefaultBrokerConfig),
                new ConfigSynonym("log.retention.minutes", "4", ConfigSource.StaticBrokerConfig),
                new ConfigSynonym("log.retention.hours", "168", ConfigSource.DefaultConfig),
            ],
            effective.Synonyms);
        Assert.Equal("2", EffectiveConfigs.TopicValue("retention.ms", null, broker));
    }

    [Theory]
    [InlineData("log.retention.minutes", "2", "120000")]
    [InlineData("log.retention.hours", "1", "3600000")]
    [InlineData("log.retention.hours", "-1", "-1")]
    [InlineData("log.retention.ms", "5", "5")]
    public void CoarserUnitsAreConverted(string name, string value, string milliseconds)
    {
        var broker = new BrokerConfigLayers { Static = new Dictionary<string, string> { [name] = value } };

        var effective = EffectiveConfigs.Topic("retention.ms", null, broker);

        Assert.Equal(milliseconds, effective.Value);
        Assert.Equal(ConfigSource.StaticBrokerConfig, effective.Source);
        Assert.Equal(milliseconds, EffectiveConfigs.BrokerValue("log.retention.ms", broker));
    }

    [Fact]
    public void MillisecondsWinOverMinutesOverHours()
    {
        var set = new Dictionary<string, string> { ["log.retention.hours"] = "1", ["log.retention.minutes"] = "1" };
        var broker = new BrokerConfigLayers { Static = set };

        Assert.Equal("60000", EffectiveConfigs.TopicValue("retention.ms", null, broker));
        set["log.retention.ms"] = "7";
        Assert.Equal("7", EffectiveConfigs.TopicValue("retention.ms", null, broker));
    }

    [Fact]
    public void ATopicConfigWithoutSynonymHasItsDefaultAndNoChain()
    {
        var effective = EffectiveConfigs.Topic("remote.storage.enable", null, BrokerConfigLayers.Empty);

        Assert.Equal("false", effective.Value);
        Assert.Equal(ConfigSource.DefaultConfig, effective.Source);
        Assert.Empty(effective.Synonyms);
    }

    [Fact]
    public void AnUnsetBrokerConfigIsNullInItsOwnUnit()
    {
        Assert.Null(EffectiveConfigs.Broker("log.retention.ms", BrokerConfigLayers.Empty).Value);
        Assert.Equal("168", EffectiveConfigs.Broker("log.retention.hours", BrokerConfigLayers.Empty).Value);
    }

    [Fact]
    public void BrokerAnswersSayWhereTheValueComesFrom()
    {
        var broker = new BrokerConfigLayers
        {
            DynamicDefault = new Dictionary<string, string> { ["message.max.bytes"] = " 9 " },
            Static = new Dictionary<string, string> { ["num.partitions"] = "6" },
        };

        Assert.Equal(("6", ConfigSource.StaticBrokerConfig), ValueAndSource(EffectiveConfigs.Broker("num.partitions", broker)));
        Assert.Equal(("9", ConfigSource.DynamicDefaultBrokerConfig), ValueAndSource(EffectiveConfigs.Broker("message.max.bytes", broker)));
        Assert.Equal(["message.max.bytes"], EffectiveConfigs.BrokerDefaults(broker).Select(config => config.Definition.Name));
    }

    [Fact]
    public void EveryConfigCanBeAnswered()
    {
        Assert.Equal(TopicConfigs.All.Count, EffectiveConfigs.Topic(null, BrokerConfigLayers.Empty).Count);
        Assert.All(EffectiveConfigs.Topic(null, BrokerConfigLayers.Empty), config => Assert.NotNull(config.Value));
        Assert.Equal(BrokerConfigs.All.Count, EffectiveConfigs.Broker(BrokerConfigLayers.Empty).Count);
    }

    private static (string?, ConfigSource) ValueAndSource(EffectiveConfig config) => (config.Value, config.Source);
}
