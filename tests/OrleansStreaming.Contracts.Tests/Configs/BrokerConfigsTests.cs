using OrleansStreaming.Contracts.Configs;

namespace OrleansStreaming.Contracts.Tests.Configs;

public sealed class BrokerConfigsTests
{
    [Theory]
    [InlineData("num.partitions", "1")]
    [InlineData("default.replication.factor", "1")]
    [InlineData("auto.create.topics.enable", "true")]
    [InlineData("delete.topic.enable", "true")]
    [InlineData("message.max.bytes", "1048588")]
    [InlineData("socket.request.max.bytes", "104857600")]
    [InlineData("fetch.max.bytes", "57671680")]
    [InlineData("max.incremental.fetch.session.cache.slots", "1000")]
    [InlineData("log.retention.hours", "168")]
    [InlineData("log.retention.ms", null)]
    [InlineData("log.retention.check.interval.ms", "300000")]
    [InlineData("offsets.topic.num.partitions", "50")]
    [InlineData("group.initial.rebalance.delay.ms", "3000")]
    [InlineData("transaction.max.timeout.ms", "900000")]
    [InlineData("producer.id.expiration.ms", "86400000")]
    [InlineData("sasl.kerberos.min.time.before.relogin", "60000")]
    public void HasKafkasDefault(string name, string? value) => Assert.Equal(value, BrokerConfigs.All[name].Default);

    [Theory]
    [InlineData("log.retention.ms", "1000", true)]
    [InlineData("message.max.bytes", "2000000", true)]
    [InlineData("num.partitions", "6", false)]
    [InlineData("broker.id", "2", false)]
    public void KnowsWhatMayChangeAtRunTime(string name, string value, bool mayChange)
    {
        Assert.Null(BrokerConfigs.Validate(name, value));
        Assert.Equal(mayChange, BrokerConfigs.ValidateDynamic(name, value, clusterWide: true) is null);
    }

    [Theory]
    [InlineData("org.apache.kafka.common.replica.RackAwareReplicaSelector", true, true)]
    [InlineData("RackAwareReplicaSelector", true, true)]
    [InlineData("org.apache.kafka.common.replica.LeaderSelector", true, false)]
    [InlineData("", true, false)]
    [InlineData("com.example.MySelector", false, false)]
    public void OnlySelectorsThatAreThereCanBeNamed(string selector, bool isKnown, bool isRackAware)
    {
        Assert.Equal(isKnown, BrokerConfigs.Validate("replica.selector.class", selector) is null);
        Assert.Equal(isRackAware, ReplicaSelectors.IsRackAware(selector));
    }

    [Fact]
    public void AddressesAreForOneBrokerOnly()
    {
        Assert.NotNull(BrokerConfigs.ValidateDynamic("advertised.listeners", "PLAINTEXT://a:1", clusterWide: true));
        Assert.Null(BrokerConfigs.ValidateDynamic("advertised.listeners", "PLAINTEXT://a:1", clusterWide: false));
    }

    [Fact]
    public void RefusesUnknownNamesAndBadValues()
    {
        Assert.NotNull(BrokerConfigs.Validate("no.such.config", "1"));
        Assert.NotNull(BrokerConfigs.Validate("num.partitions", "0"));
        Assert.NotNull(BrokerConfigs.ValidateDynamic("no.such.config", "1", clusterWide: false));
    }
}
