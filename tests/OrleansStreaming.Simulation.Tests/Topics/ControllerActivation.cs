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
    private const long RetryPeriod = 15 * Micros.Second;

    private TopicDescription? _topic;

    public override void Forget()
    {
        base.Forget();
        _topic = null;
    }

    public void Register(RegisterBrokerCommand command, Action<RegisterBrokerResult> reply) => InTurn(() =>
    {
        var turn = Turn;
        Host.ReadMembership(() => After(turn, () => Decide(turn, command, reply)), () => Done(turn));
    });

    private void Decide(int turn, RegisterBrokerCommand command, Action<RegisterBrokerResult> reply)
    {
        var (next, refusal) = BrokerRegistry.Register(State!, command, [.. Members]);
        if (refusal is not null)
        {
            world.Count(Living().Contains(command.Broker.Id.Value) ? "registration after its successor's is refused" : "registration is refused");
            world.Trace($"controller {State!.Term} on {Host.Id} does not register {command.Silo}: {refusal.Reason}");
            reply(new RegisterBrokerResult { Refusal = refusal.Reason, MayPass = refusal.MayPass });
            Done(turn);
            return;
        }

        Write(next, () =>
        {
            world.Trace($"controller {State!.Term} on {Host.Id} registers {command.Silo} under epoch {State.Brokers[command.Broker.Id.Value].Epoch}");
            reply(new RegisterBrokerResult
            {
                BrokerEpoch = State!.Brokers[command.Broker.Id.Value].Epoch,
                DeletedTopics = BrokerRegistry.DeletedTopicsOn(State!, command.Broker.Id),
            });
            Elect(() => Done(turn));
        });
    }

    public void AnnounceReady(AnnounceReadyCommand command, Action<AnnounceReadyResult> reply) => InTurn(() =>
    {
        var turn = Turn;
        var decision = BrokerRegistry.AnnounceReady(State!, command);
        Write(decision.State, () => Elect(() => CompleteDeletions(() =>
        {
            reply(new AnnounceReadyResult { Error = decision.Error });
            Done(turn);
        })));
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
        if (Entry?.Id == topic.Id.Value && (_topic is null || _topic.Id != topic.Id || topic.Version > _topic.Version))
        {
            _topic = topic;
        }
    }

    public void Create(CreateTopicCommand command) => InTurn(() =>
    {
        var turn = Turn;
        var decision = TopicCreation.Decide(State!, command, Living(), world.Rules);
        world.Trace($"controller {State!.Term} on {Host.Id} creates {decision.Plan?.Id}: {decision.Message ?? "planned"}");
        Write(decision.State, () => CompleteCreation(() => Done(turn)));
    });

    public void Delete(DeleteTopicCommand command) => InTurn(() =>
    {
        var turn = Turn;
        var decision = TopicDeletions.Decide(State!, command, id => _topic?.Id == id ? _topic : null);
        if (decision.Error != ErrorCode.None)
        {
            Done(turn);
            return;
        }

        Write(decision.State, () =>
        {
            world.Trace($"controller {State!.Term} on {Host.Id} deletes the topic");
            world.Count(world.Brokers.All(broker => broker.IsUp) ? "topic deleted" : "topic deleted with a broker away");
            _topic = null;
            CompleteDeletions(() => Done(turn));
        });
    });

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
            TopicId = new TopicId(Entry!.Id),
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
    public LivingBrokers Living() => BrokerRegistry.Living(State!, Members);

    private IEnumerable<(string Silo, BrokerId Broker)> Members =>
        Host.View.Living.Select(member => ($"{member.Key}:{member.Value}", new BrokerId(member.Key)));

    /// <summary>A new term: from now on topic grains do not listen to earlier activations.</summary>
    protected override void OnActivated(Action goOn) => Write(State! with { Term = State.Term + 1 }, () =>
    {
        world.Count("controller begins");
        Look(State!.Term);
        CompleteUnfinishedLater(State.Term);
        CompleteCreation(() => Elect(goOn));
    });

    private TopicEntry? Entry => State?.Topics.GetValueOrDefault(SimulatedWorld.Topic);

    private void CompleteUnfinishedLater(int term) => Host.After(RetryPeriod, () =>
    {
        if (State?.Term == term)
        {
            CompleteUnfinishedLater(term);
            InTurn(() =>
            {
                var turn = Turn;
                CompleteCreation(() => CompleteDeletions(() => Done(turn)));
            });
        }
    });

    private void CompleteCreation(Action goOn)
    {
        if (Entry?.Plan is not { } plan)
        {
            goOn();
            return;
        }

        var turn = Turn;
        var living = Living().ToArray();
        world.CallTopic(
            Host,
            (topic, reply) => topic.Create(plan, living, reply),
            (TopicAnswer answer) =>
            {
                if (turn != Turn)
                {
                    return;
                }

                if (answer is { Error: ErrorCode.TopicAlreadyExists, Topic: { } revenant })
                {
                    world.Count("creation after its deletion");
                    Write(TopicDeletions.Declare(State!, revenant), () => CompleteDeletions(() => CompleteCreation(goOn)));
                    return;
                }

                if (answer.Topic is { } created)
                {
                    TopicChanged(created);
                    Remember(State! with { Topics = State!.Topics.SetItem(plan.Name, Entry! with { Plan = null }) });
                }

                goOn();
            },
            () => After(turn, goOn));
    }

    /// <summary>Makes the topic grain, then the brokers that are up, forget what was deleted; who cannot be reached stays on the list.</summary>
    private void CompleteDeletions(Action goOn)
    {
        var turn = Turn;
        var open = 1;
        foreach (var (id, deletion) in State!.Deletions)
        {
            open++;
            if (deletion.IsForgotten)
            {
                DropAll(id, deletion);
                continue;
            }

            world.CallTopic(Host, (topic, reply) => topic.Delete(new TopicId(id), reply), (ErrorCode _) => After(turn, () => DropAll(id, deletion)), Close);
        }

        Close();

        void DropAll(Guid id, TopicDeletion deletion)
        {
            Progress(id, []);
            var living = Living();
            foreach (var broker in deletion.PendingBrokers.Where(living.Contains).Select(world.Broker))
            {
                open++;
                world.Network.Call(
                    Host,
                    Host.Id,
                    broker,
                    broker.Id,
                    (Action<ErrorCode> reply) => reply(broker.TryDrop(new TopicId(id))),
                    error => After(turn, () =>
                    {
                        Progress(id, error == ErrorCode.None ? [broker.Id] : []);
                        Close();
                    }),
                    Close);
            }

            Close();
        }

        void Progress(Guid id, int[] confirmed) => Remember(TopicDeletions.Progress(State!, id, isForgotten: true, confirmed));

        void Close()
        {
            if (--open == 0)
            {
                After(turn, goOn);
            }
        }
    }

    /// <summary>Goes on where this call of the grain still runs.</summary>
    private void After(int turn, Action goOn)
    {
        if (turn == Turn && State is not null)
        {
            goOn();
        }
    }

    /// <summary>Now and then it looks whether its term is over, and whether all elections have been held.</summary>
    private void Look(int term) => Host.After(LookPeriod, () =>
    {
        if (State?.Term != term)
        {
            return;
        }

        InTurn(() => Look((written, _) =>
        {
            if (written.Term != term)
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
        TopicId = new TopicId(Entry!.Id),
        Living = Living().ToArray(),
        Kind = kind,
        Partitions = resignation is null ? null : [resignation.Partition],
        Resignation = resignation,
        ControllerTerm = State!.Term,
    };

    /// <summary>One command, once: whoever wants more asks again.</summary>
    private void CommandTopic<TCommand>(Func<TCommand> make, Action<TopicActivation, TCommand, Action<TopicAnswer>> call) => InTurn(() =>
    {
        var turn = Turn;
        if (Entry is null)
        {
            Done(turn);
            return;
        }

        var command = make();
        world.CallTopic(
            Host,
            (topic, reply) => call(topic, command, reply),
            (TopicAnswer answer) =>
            {
                if (turn == Turn && Learn(answer))
                {
                    Done(turn);
                }
            },
            () => Done(turn));
    });

    /// <summary>False, and the end of this activation, when it has a successor.</summary>
    private bool Learn(TopicAnswer answer)
    {
        if (answer.Error == ErrorCode.StaleControllerEpoch)
        {
            Forget();
        }
        else if (answer.Topic is { } topic)
        {
            TopicChanged(topic);
        }

        return answer.Error != ErrorCode.StaleControllerEpoch;
    }

    /// <summary>Elections where somebody came or went; tried again later when the topic grain cannot be reached.</summary>
    private void Elect(Action goOn)
    {
        if (Entry is null or { Plan: not null })
        {
            goOn();
            return;
        }

        var turn = Turn;
        var command = Election(ElectionKind.Living);
        world.CallTopic(
            Host,
            (topic, reply) => topic.Elect(command, reply),
            (TopicAnswer answer) =>
            {
                if (turn == Turn && Learn(answer))
                {
                    goOn();
                }
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
