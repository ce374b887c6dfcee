using OrleansStreaming.Cluster.Brokers;
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
    public void Each_process_gets_a_higher_epoch_and_asking_again_gets_the_same()
    {
        var machine = Machine();
        Register(machine, _first);
        Register(machine, _first);
        Assert.Equal(1, machine.State.Brokers[7].Epoch);
        Register(machine, _second);
        Assert.Equal(2, machine.State.Brokers[7].Epoch);
        Assert.Equal(2, machine.State.LastBrokerEpoch);
    }

    [Fact]
    public void An_unclean_stop_ends_the_epochs_that_are_trusted()
    {
        var machine = Machine();
        Register(machine, _first);
        Register(machine, _second, wasStoppedCleanly: true);
        Assert.Equal((2L, 1L), (machine.State.Brokers[7].Epoch, machine.State.Brokers[7].CleanSince));
        Register(machine, _first);
        Assert.Equal((3L, 3L), (machine.State.Brokers[7].Epoch, machine.State.Brokers[7].CleanSince));
    }

    [Fact]
    public void A_broker_is_up_only_as_the_silo_that_registered()
    {
        var machine = Machine();
        Register(machine, _first);
        Assert.Equal(0, Living("a").Count);
        machine.Adopt(Ready(machine, _first).State);
        Assert.Equal([7], Living("a", "b").Ids);
        Assert.Equal(0, Living("b").Count);

        LivingBrokers Living(params string[] silos) => BrokerRegistry.Living(machine.State, silos.Select(silo => (silo, new BrokerId(7))));
    }

    [Fact]
    public void What_a_dead_process_asked_arrives_late_and_changes_nothing()
    {
        var machine = Machine();
        Register(machine, _first, silo: "old");
        machine.Adopt(Ready(machine, _first).State);
        Register(machine, _second, silo: "new");
        machine.Adopt(Ready(machine, _second).State);
        var present = machine.State;

        foreach (var hasLostNothing in new[] { true, false })
        {
            var (state, refusal) = machine.Register(Command(_first, null, hasLostNothing, "old"), Members("new"));
            Assert.True(refusal?.MayPass);
            Assert.Same(present, state);
        }

        Assert.Equal(ErrorCode.StaleBrokerEpoch, Ready(machine, _first).Error);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, machine.BeginShutdown(new BeginShutdownCommand { Broker = new BrokerId(7), BrokerEpoch = 1 }).Error);
    }

    [Fact]
    public void A_process_registers_when_it_is_a_member_and_the_one_before_it_is_none()
    {
        var machine = Machine();
        Assert.True(machine.Register(Command(_first, null, silo: "old"), Members()).Refusal?.MayPass);
        Assert.True(machine.Register(Command(_first, null, silo: "old"), [("old", new BrokerId(8))]).Refusal?.MayPass);
        Register(machine, _first, silo: "old");
        Assert.True(machine.Register(Command(_second, null, silo: "new"), Members("old")).Refusal?.MayPass);
        Assert.True(machine.Register(Command(_second, null, silo: "new"), Members("old", "new")).Refusal?.MayPass);
        Assert.Null(machine.Register(Command(_first, null, silo: "old"), Members("old", "new")).Refusal);
        Assert.Null(machine.Register(Command(_second, null, silo: "new"), Members("new")).Refusal);
    }

    /// <summary>In whatever order calls arrive, and however often: when all have, the process that lives is the broker, and stays it.</summary>
    [Fact]
    public void The_process_that_lives_becomes_the_broker_and_stays_it()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var machine = Machine();
            var last = 3;
            var registered = 0;
            for (var step = 0; step < 40; step++)
            {
                last += random.Next(4) == 0 ? 1 : 0;
                Arrive(last - random.Next(3));
                if (random.Next(2) == 0)
                {
                    Arrive(last);
                    Assert.True(machine.State.Brokers[7].Silo == $"{last}", $"Seed {seed}, step {step}");
                }
            }

            void Arrive(int process)
            {
                var command = Command(new Guid(process, 0, 0, new byte[8]), null, random.Next(2) == 0, $"{process}");
                machine.Adopt(machine.Register(command, Members($"{last}")).State);
                Assert.True(registered != last || machine.State.Brokers[7].Silo == $"{last}", $"Seed {seed}");
                registered = int.Parse(machine.State.Brokers.GetValueOrDefault(7)?.Silo ?? "0");
            }
        }
    }

    [Fact]
    public void Only_the_present_process_can_begin_its_shutdown()
    {
        var machine = Machine();
        Register(machine, _first);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, machine.BeginShutdown(new BeginShutdownCommand { Broker = new BrokerId(7), BrokerEpoch = 9 }).Error);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, machine.BeginShutdown(new BeginShutdownCommand { Broker = new BrokerId(8), BrokerEpoch = 1 }).Error);
        machine.Adopt(machine.BeginShutdown(new BeginShutdownCommand { Broker = new BrokerId(7), BrokerEpoch = 1 }).State);
        Assert.True(machine.State.Brokers[7].IsStopping);
        Register(machine, _second);
        Assert.False(machine.State.Brokers[7].IsStopping);
    }

    [Fact]
    public void Only_a_broker_that_is_down_can_be_unregistered()
    {
        var machine = Machine();
        Register(machine, _first);
        var command = new UnregisterBrokerCommand { Broker = new BrokerId(7) };
        Assert.Equal(ErrorCode.InvalidRequest, machine.Unregister(command, Alive(7)).Error);
        machine.Adopt(machine.Unregister(command, Alive(1)).State);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, machine.Unregister(command, Alive(1)).Error);
        Register(machine, _second, wasStoppedCleanly: true);
        Assert.Equal(2, machine.State.Brokers[7].CleanSince);
    }

    [Fact]
    public void Data_of_another_cluster_is_refused()
    {
        var machine = Machine();
        Assert.False(machine.Register(Command(_first, "someOtherClusterIdXXXX"), Members("a")).Refusal?.MayPass);
        Assert.Null(machine.Register(Command(_first, machine.State.ClusterId), Members("a")).Refusal);
    }

    [Fact]
    public void A_process_that_learns_that_it_has_lost_something_is_trusted_no_more_whatever_of_it_arrives_late()
    {
        var machine = Machine(1);
        Register(machine, _first);
        Register(machine, _second, wasStoppedCleanly: true);
        var trusted = machine.State.Brokers[7];
        Assert.True(trusted.CleanSince < trusted.Epoch);

        Register(machine, _second);
        var registration = machine.State.Brokers[7];
        Assert.Equal((trusted.Epoch + 1, trusted.Epoch + 1), (registration.Epoch, registration.CleanSince));
        machine.Adopt(Ready(machine, _second).State);

        Register(machine, _second, wasStoppedCleanly: true);
        Register(machine, _second);
        Assert.Equal(registration with { IsReady = true }, machine.State.Brokers[7]);
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

    /// <summary>A process registers as it should: it is a member, and no earlier one is.</summary>
    private static void Register(ControllerMachine machine, Guid incarnation, bool wasStoppedCleanly = false, string silo = "a")
    {
        var (state, refusal) = machine.Register(Command(incarnation, null, wasStoppedCleanly, silo), Members(silo));
        Assert.Null(refusal);
        machine.Adopt(state);
    }

    private static (string Silo, BrokerId Broker)[] Members(params string[] silos) => Array.ConvertAll(silos, silo => (silo, new BrokerId(7)));

    private static ControllerDecision Ready(ControllerMachine machine, Guid incarnation) =>
        machine.AnnounceReady(new AnnounceReadyCommand { Broker = new BrokerId(7), Incarnation = incarnation });

    private static RegisterBrokerCommand Command(Guid incarnation, string? clusterId, bool wasStoppedCleanly = false, string silo = "a") => new()
    {
        Broker = new BrokerDescription { Id = new BrokerId(7), Host = "h", Port = 1 },
        Incarnation = incarnation,
        KnownClusterId = clusterId,
        Silo = silo,
        HasLostNothing = wasStoppedCleanly,
    };
}
