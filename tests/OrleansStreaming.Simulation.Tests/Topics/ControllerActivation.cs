using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Brokers;
using OrleansStreaming.Simulation.Tests.Engine;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>The controller grain, with one topic: brokers register with it, and it has elections held when they come and go.</summary>
internal sealed class ControllerActivation(SimulatedBroker host, SimulatedWorld world) : GrainActivation<ControllerState>(host, world.ControllerStore)
{
    private const long LookPeriod = 3 * Micros.Second;

    private TopicDescription? _topic;

    public override void Forget()
    {
        base.Forget();
        _topic = null;
    }

    public void Register(RegisterBrokerCommand command, Action<RegisterBrokerResult> reply) => InTurn(() =>
    {
        var turn = Turn;
        var (next, refusal) = BrokerRegistry.Register(State!, command);
        if (refusal is not null)
        {
            throw new InvalidOperationException(refusal);
        }

        Write(next, () =>
        {
            world.Trace($"controller {State!.Term} on {Host.Id} registers {command.Silo} under epoch {State.Brokers[command.Broker.Id.Value].Epoch}");
            reply(new RegisterBrokerResult { BrokerEpoch = State!.Brokers[command.Broker.Id.Value].Epoch });
            Elect(() => Done(turn));
        });
    });

    public void AnnounceReady(AnnounceReadyCommand command, Action<AnnounceReadyResult> reply) => InTurn(() =>
    {
        var turn = Turn;
        var decision = BrokerRegistry.AnnounceReady(State!, command);
        Write(decision.State, () => Elect(() =>
        {
            reply(new AnnounceReadyResult { Error = decision.Error });
            Done(turn);
        }));
    });

    public void BeginShutdown(BeginShutdownCommand command, Action<BeginShutdownResult> reply) => InTurn(() =>
    {
        var turn = Turn;
        var decision = BrokerRegistry.BeginShutdown(State!, command);
        Write(decision.State, () => Elect(() =>
        {
            reply(new BeginShutdownResult
            {
                Error = decision.Error,
                RemainingLeaders = _topic?.Partitions.Count(partition => partition.Leader == command.Broker) ?? 0,
            });
            Done(turn);
        }));
    });

    public void Tail(Action<Metadata> reply) => InTurn(() =>
    {
        var turn = Turn;
        reply(new Metadata(_topic, Living().ToArray()));
        Done(turn);
    });

    public void TopicChanged(TopicDescription topic)
    {
        if (_topic is null || topic.Version > _topic.Version)
        {
            _topic = topic;
        }
    }

    public void OnMembershipChanged()
    {
        if (State is not null)
        {
            ElectInTurn();
        }
    }

    /// <summary>A leader that cannot go on.</summary>
    public void Resign(LeaderResignation resignation) =>
        CommandTopic(() => Election(ElectionKind.Living, resignation), static (topic, command, reply) => topic.Elect(command, reply));

    /// <summary>Leaderships go back to preferred replicas.</summary>
    public void Balance() =>
        CommandTopic(() => Election(ElectionKind.Preferred), static (topic, command, reply) => topic.Elect(command, reply));

    /// <param name="target">Null: the move under way is cancelled.</param>
    public void Move(int partition, int[]? target) => CommandTopic(
        () => new ReassignTopicCommand
        {
            TopicId = world.TopicId,
            Partitions =
            [
                new PartitionReassignment
                {
                    Topic = SimulatedWorld.Topic,
                    Partition = partition,
                    Replicas = target is null ? null : Array.ConvertAll(target, id => new BrokerId(id)),
                },
            ],
            Living = Living().ToArray(),
            ControllerTerm = State!.Term,
        },
        static (topic, command, reply) => topic.Reassign(command, reply));

    /// <summary>The brokers that are up, as this activation sees them.</summary>
    public LivingBrokers Living() => BrokerRegistry.Living(
        State!, Host.View.Living.Select(member => ($"{member.Key}:{member.Value}", new BrokerId(member.Key))));

    /// <summary>A new term: from now on topic grains do not listen to earlier activations.</summary>
    protected override void OnActivated(Action goOn) => Write(State! with { Term = State.Term + 1 }, () =>
    {
        world.Count("controller begins");
        Look(State!.Term);
        Elect(goOn);
    });

    /// <summary>Now and then it looks whether its term is over, and whether all elections have been held.</summary>
    private void Look(int term) => Host.After(LookPeriod, () =>
    {
        if (State?.Term != term)
        {
            return;
        }

        InTurn(() => Refresh(() =>
        {
            if (State!.Term != term)
            {
                Forget();
                return;
            }

            var turn = Turn;
            Look(term);
            Elect(() => Done(turn));
        }));
    });

    private void ElectInTurn() => InTurn(() =>
    {
        var turn = Turn;
        Elect(() => Done(turn));
    });

    private ElectTopicCommand Election(ElectionKind kind, LeaderResignation? resignation = null) => new()
    {
        TopicId = world.TopicId,
        Living = Living().ToArray(),
        Kind = kind,
        Partitions = resignation is null ? null : [resignation.Partition],
        Resignation = resignation,
        ControllerTerm = State!.Term,
    };

    /// <summary>One command, once: whoever wants more asks again.</summary>
    private void CommandTopic<TCommand>(Func<TCommand> make, Action<TopicActivation, TCommand, Action<TopicDescription?>> call) => InTurn(() =>
    {
        var turn = Turn;
        var command = make();
        world.CallTopic(
            Host,
            (topic, reply) => call(topic, command, reply),
            (TopicDescription? description) =>
            {
                if (description is null)
                {
                    Forget();
                    return;
                }

                TopicChanged(description);
                Done(turn);
            },
            () => Done(turn));
    });

    /// <summary>Elections where somebody came or went; tried again later when the topic grain cannot be reached.</summary>
    private void Elect(Action goOn)
    {
        var command = Election(ElectionKind.Living);
        world.CallTopic(
            Host,
            (topic, reply) => topic.Elect(command, reply),
            (TopicDescription? description) =>
            {
                if (description is null)
                {
                    Forget();
                    return;
                }

                TopicChanged(description);
                goOn();
            },
            () =>
            {
                Host.After(200 * Micros.Millisecond, () =>
                {
                    if (State is not null)
                    {
                        ElectInTurn();
                    }
                });
                goOn();
            });
    }
}
