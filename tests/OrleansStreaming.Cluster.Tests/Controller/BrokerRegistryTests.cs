using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

public sealed class BrokerRegistryTests
{
    private static readonly Guid _first = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private static readonly Guid _second = Guid.Parse("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void A_broker_is_ready_only_after_it_said_so_and_a_new_process_has_to_say_it_again()
    {
        var machine = Machine();
        Register(machine, _first);
        Assert.False(machine.State.Brokers[7].IsReady);
        machine.Adopt(Ready(machine, _first).State);
        Assert.True(machine.State.Brokers[7].IsReady);
        Register(machine, _first);
        Assert.True(machine.State.Brokers[7].IsReady);
        Register(machine, _second);
        Assert.False(machine.State.Brokers[7].IsReady);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, Ready(machine, _first).Error);
    }

    [Fact]
    public void An_unregistered_broker_cannot_be_ready() =>
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, Ready(Machine(), _first).Error);

    [Fact]
    public void Data_of_another_cluster_is_refused()
    {
        var machine = Machine();
        Assert.NotNull(machine.Register(Command(_first, "someOtherClusterIdXXXX")).Refusal);
        Assert.Null(machine.Register(Command(_first, machine.State.ClusterId)).Refusal);
    }

    [Fact]
    public void A_new_cluster_gets_an_id_of_22_characters_and_keeps_it()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var begun = ControllerMachine.Begin(new ControllerState(), Rules(seed));
            Assert.Matches("^[A-Za-z0-9_][A-Za-z0-9_-]{21}$", begun.ClusterId);
            var again = ControllerMachine.Begin(begun, Rules(seed + 1));
            Assert.Equal(begun.ClusterId, again.ClusterId);
            Assert.Equal(begun.Term + 1, again.Term);
        }
    }

    [Fact]
    public void Broker_configs_are_set_for_one_broker_or_for_all()
    {
        var machine = Machine(1);
        Assert.Equal("60000", Alter("1", "log.retention.ms", "60000").State.BrokerConfigs["1"]["log.retention.ms"]);
        Assert.Equal("60000", Alter("", "log.retention.ms", "60000").State.BrokerConfigs[""]["log.retention.ms"]);
        Assert.Equal(ErrorCode.InvalidRequest, Alter("one", "log.retention.ms", "1").Error);
        Assert.Equal(ErrorCode.InvalidRequest, Alter("9", "log.retention.ms", "1").Error);
        Assert.Equal(ErrorCode.InvalidConfig, Alter("1", "log.retention.ms", "x").Error);

        ControllerDecision Alter(string broker, string name, string value) => machine.AlterBrokerConfigs(new AlterConfigsCommand
        {
            ResourceType = ConfigResourceType.Broker,
            ResourceName = broker,
            Changes = new ConfigChange[] { new() { Name = name, Value = value } },
        });
    }

    private static void Register(ControllerMachine machine, Guid incarnation) =>
        machine.Adopt(machine.Register(Command(incarnation, null)).State);

    private static ControllerDecision Ready(ControllerMachine machine, Guid incarnation) =>
        machine.AnnounceReady(new AnnounceReadyCommand { Broker = new BrokerId(7), Incarnation = incarnation });

    private static RegisterBrokerCommand Command(Guid incarnation, string? clusterId) => new()
    {
        Broker = new BrokerDescription { Id = new BrokerId(7), Host = "h", Port = 1 },
        Incarnation = incarnation,
        KnownClusterId = clusterId,
    };
}
