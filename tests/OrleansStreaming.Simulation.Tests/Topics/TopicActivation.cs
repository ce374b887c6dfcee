using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Simulation.Tests.Brokers;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>The topic grain: the topic machine's decisions, written, then told to the brokers and the controller.</summary>
internal sealed class TopicActivation(SimulatedBroker host, SimulatedWorld world) : GrainActivation<TopicState>(host, world.TopicStore)
{
    private static readonly long _patience = (long)EndsInquiry.Patience.TotalMicroseconds;

    private long? _askedSince;

    public void Create(TopicPlan plan, LivingBroker[] living, Action<TopicAnswer> reply) => InTurn(() => Refresh(() =>
    {
        var decision = TopicMachine.Create(State!, plan, new LivingBrokers(living));
        world.Trace($"topic {plan.Id} is created: {decision.Message ?? "done"}");
        if (decision.Error != ErrorCode.None)
        {
            reply(new TopicAnswer(decision.Error, TopicDescriptions.Of(State!)));
            Done(Turn);
            return;
        }

        Commit(decision, reply);
    }));

    public void Delete(TopicId topic, Action<ErrorCode> reply) => InTurn(() => Refresh(() =>
    {
        var turn = Turn;
        if (State!.Id != topic.Value)
        {
            reply(ErrorCode.None);
            Done(turn);
            return;
        }

        world.Trace($"topic {topic} is forgotten");
        Write(new TopicState(), () =>
        {
            reply(ErrorCode.None);
            Done(turn);
        });
    }));

    public void Elect(ElectTopicCommand command, Action<TopicAnswer> reply) => InTurn(() => Refresh(() =>
    {
        if (TopicMachine.WhomToAsk(State!, command) is { Length: > 0 } asked)
        {
            world.Count("election may lose records");
            AskEnds(command, asked, ends => Elect(command, ends, reply));
        }
        else
        {
            Elect(command, null, reply);
        }
    }));

    public override void Forget()
    {
        base.Forget();
        _askedSince = null;
    }

    private void Elect(ElectTopicCommand command, TopicEnds? ends, Action<TopicAnswer> reply)
    {
        var decision = TopicMachine.Elect(State!, command, ends);
        world.Trace($"election by controller {command.ControllerTerm}, up are {string.Join(' ', command.Living.Select(broker => $"{broker.Id}@{broker.Epoch}/{broker.CleanSince}{(broker.IsStopping ? " stopping" : "")}"))}: {(ReferenceEquals(decision.State, State) ? decision.Message ?? "as it was" : "changed")}");
        if (decision.Error != ErrorCode.None)
        {
            reply(new TopicAnswer(decision.Error, null));
            Done(Turn);
            return;
        }

        Commit(decision, reply);
    }

    private void AskEnds(ElectTopicCommand command, int[] asked, Action<TopicEnds> goOn)
    {
        var turn = Turn;
        var open = asked.Length;
        var living = new LivingBrokers(command.Living);
        var answers = new Dictionary<int, ReplicaEnds>();
        _askedSince ??= Host.Now;
        foreach (var broker in asked.Select(world.Broker))
        {
            world.Network.Call(
                Host,
                Host.Id,
                broker,
                broker.Id,
                (Action<ReplicaEnds> reply) => reply(broker.DescribeEnds(command.TopicId)),
                ends =>
                {
                    if (living.IsSameProcess(broker.Id, ends.BrokerEpoch))
                    {
                        answers[broker.Id] = ends;
                    }

                    Close();
                },
                Close);
        }

        void Close()
        {
            if (--open > 0 || turn != Turn)
            {
                return;
            }

            var isFinal = answers.Count == asked.Length || Host.Now - _askedSince > _patience;
            _askedSince = isFinal ? null : _askedSince;
            world.Trace($"asked {string.Join(' ', asked)}, answered: {string.Join(' ', answers.Select(answer => $"{answer.Key} {string.Join(' ', answer.Value.Ends)}"))}");
            goOn(new TopicEnds(answers, isFinal));
        }
    }

    public void Describe(TopicId topic, Action<TopicAnswer> reply) => InTurn(() => RefreshIf(TopicMachine.Unknown(State!, topic) is not null, () =>
    {
        var refusal = TopicMachine.Unknown(State!, topic);
        reply(new TopicAnswer(refusal?.Error ?? ErrorCode.None, refusal is null ? TopicDescriptions.Of(State!) : null));
        Done(Turn);
    }));

    /// <summary>As with elections.</summary>
    public void Reassign(ReassignTopicCommand command, Action<TopicAnswer> reply) => InTurn(() => Refresh(() =>
    {
        var (decision, outcomes) = TopicMachine.Reassign(State!, command);
        world.Trace($"move of {command.Partitions[0].Partition} to [{string.Join(' ', command.Partitions[0].Replicas ?? [])}]: {outcomes[0].Error}");
        if (decision.Error != ErrorCode.None)
        {
            reply(new TopicAnswer(decision.Error, null));
            Done(Turn);
            return;
        }

        Commit(decision, reply);
    }));

    /// <summary>An activation that would refuse reads again before: another one may have written.</summary>
    public void ProposeInSync(InSyncProposal proposal) => InTurn(() => RefreshIf(Decide(proposal).Error != ErrorCode.None, () =>
    {
        var decision = Decide(proposal);
        if (decision.Error != ErrorCode.None)
        {
            world.Trace($"in-sync change of {proposal.Partition} to [{string.Join(' ', proposal.InSyncReplicas)}] refused: {decision.Message}");
        }

        if (decision.State.Id == Guid.Empty)
        {
            Done(Turn);
            return;
        }

        Commit(TopicDecision.Accept(decision.State), answer => world.TellController(Host, controller => controller.TopicChanged(answer.Topic!)));
    }));

    private TopicDecision Decide(InSyncProposal proposal) => TopicMachine.ChangeInSync(State!, proposal, new LivingBrokers(Host.Known));

    private void RefreshIf(bool isNeeded, Action goOn)
    {
        if (isNeeded)
        {
            Refresh(goOn);
        }
        else
        {
            goOn();
        }
    }

    private void Commit(TopicDecision decision, Action<TopicAnswer> reply)
    {
        var turn = Turn;
        Write(decision.State, () =>
        {
            var description = TopicDescriptions.Of(State!);
            world.TellBrokers(Host, description);
            reply(new TopicAnswer(ErrorCode.None, description));
            Done(turn);
        });
    }
}
