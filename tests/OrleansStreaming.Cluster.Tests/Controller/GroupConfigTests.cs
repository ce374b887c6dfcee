using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

/// <summary>The configs of consumer groups, as Kafka takes and refuses them.</summary>
public sealed class GroupConfigTests
{
    private const string Session = "consumer.session.timeout.ms";
    private const string Heartbeat = "consumer.heartbeat.interval.ms";

    private readonly ControllerMachine _machine = Machine(1);

    [Fact]
    public void They_are_kept_by_group_until_the_last_is_deleted()
    {
        _machine.Adopt(Alter("g", Set(Session, "50000"), Set(Heartbeat, "6000")).State);
        Assert.Equal("50000", _machine.State.GroupConfigs["g"][Session]);

        _machine.Adopt(Alter("g", Delete(Session)).State);
        Assert.Equal([Heartbeat], _machine.State.GroupConfigs["g"].Keys);
        _machine.PublishGroupConfigs();
        Assert.Equal(["g"], _machine.Metadata.Since(-1).GroupConfigs!.Keys);

        _machine.Adopt(Alter("g", Delete(Heartbeat)).State);
        Assert.Empty(_machine.State.GroupConfigs);
    }

    [Theory]
    [InlineData(ErrorCode.InvalidRequest, "", Session, "50000")]
    [InlineData(ErrorCode.InvalidConfig, "g", Session, "44999")]
    [InlineData(ErrorCode.InvalidConfig, "g", Session, "60001")]
    [InlineData(ErrorCode.InvalidConfig, "g", Heartbeat, "4999")]
    [InlineData(ErrorCode.InvalidConfig, "g", Heartbeat, "15001")]
    [InlineData(ErrorCode.InvalidConfig, "g", Session, "x")]
    [InlineData(ErrorCode.InvalidConfig, "g", "retention.ms", "1")]
    [InlineData(ErrorCode.None, "g", Session, "45000")]
    [InlineData(ErrorCode.None, "g", Session, "60000")]
    [InlineData(ErrorCode.None, "g", Heartbeat, "15000")]
    public void Values_lie_within_the_brokers_limits(ErrorCode expected, string group, string name, string value)
    {
        var decision = Alter(group, Set(name, value));

        Assert.Equal(expected, decision.Error);
        Assert.Equal(expected is ErrorCode.None, decision.State.GroupConfigs.ContainsKey("g"));
    }

    [Fact]
    public void A_session_is_longer_than_a_heartbeat_interval_within_the_limits_that_the_brokers_were_given()
    {
        var rules = Rules(configs: new() { ["group.consumer.min.session.timeout.ms"] = "100", ["group.consumer.min.heartbeat.interval.ms"] = "100" });
        var machine = new ControllerMachine(State(1), new BrokerId(1), rules);

        Assert.Equal(ErrorCode.None, machine.AlterGroupConfigs(Command("g", Set(Session, "5001"))).Error);
        Assert.Equal(ErrorCode.InvalidConfig, machine.AlterGroupConfigs(Command("g", Set(Session, "5000"))).Error);
        Assert.Equal(ErrorCode.None, machine.AlterGroupConfigs(Command("g", Set(Session, "5000"), Set(Heartbeat, "4999"))).Error);
    }

    private ControllerDecision Alter(string group, params ConfigChange[] changes) => _machine.AlterGroupConfigs(Command(group, changes));

    private static AlterConfigsCommand Command(string group, params ConfigChange[] changes) =>
        new() { ResourceType = ConfigResourceType.Group, ResourceName = group, Changes = changes };

    private static ConfigChange Set(string name, string value) => new() { Name = name, Value = value };

    private static ConfigChange Delete(string name) => new() { Name = name, Operation = ConfigOperation.Delete };
}
