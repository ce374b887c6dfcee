using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Simulation.Tests.Brokers;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>The topic grain: the topic machine's decisions, written, then told to the brokers and the controller.</summary>
internal sealed class TopicActivation(SimulatedBroker host, SimulatedWorld world) : GrainActivation<TopicState>(host, world.TopicStore)
{
    /// <summary>Answers null to a controller that has a successor.</summary>
    public void Elect(ElectTopicCommand command, Action<TopicDescription?> reply) => InTurn(() => Refresh(() =>
    {
        var decision = TopicMachine.Elect(State!, command);
        world.Trace($"election by controller {command.ControllerTerm}, up are {string.Join(' ', command.Living.Select(broker => $"{broker.Id}@{broker.Epoch}/{broker.CleanSince}{(broker.IsStopping ? " stopping" : "")}"))}: {(ReferenceEquals(decision.State, State) ? decision.Message ?? "as it was" : "changed")}");
        if (decision.Error != ErrorCode.None)
        {
            reply(null);
            Done(Turn);
            return;
        }

        Commit(decision, reply);
    }));

    public void Describe(Action<TopicDescription> reply) => InTurn(() =>
    {
        var turn = Turn;
        reply(TopicDescriptions.Of(State!));
        Done(turn);
    });

    /// <summary>As <see cref="Elect"/>, for moves.</summary>
    public void Reassign(ReassignTopicCommand command, Action<TopicDescription?> reply) => InTurn(() => Refresh(() =>
    {
        var (decision, outcomes) = TopicMachine.Reassign(State!, command);
        world.Trace($"move of {command.Partitions[0].Partition} to [{string.Join(' ', command.Partitions[0].Replicas ?? [])}]: {outcomes[0].Error}");
        if (decision.Error != ErrorCode.None)
        {
            reply(null);
            Done(Turn);
            return;
        }

        Commit(decision, reply);
    }));

    /// <summary>A leader that knows more than this activation shows that another one has written.</summary>
    public void ProposeInSync(InSyncProposal proposal) => InTurn(() =>
    {
        if (TopicMachine.IsBehind(State!, proposal))
        {
            Refresh(() => Decide(proposal));
        }
        else
        {
            Decide(proposal);
        }
    });

    private void Decide(InSyncProposal proposal)
    {
        var decision = TopicMachine.ChangeInSync(State!, proposal, new LivingBrokers(Host.Known));
        if (decision.Error != ErrorCode.None)
        {
            world.Trace($"in-sync change of {proposal.Partition} to [{string.Join(' ', proposal.InSyncReplicas)}] refused: {decision.Message}");
        }

        Commit(TopicDecision.Accept(decision.State), description => world.TellController(Host, controller => controller.TopicChanged(description)));
    }

    private void Commit(TopicDecision decision, Action<TopicDescription> reply)
    {
        var turn = Turn;
        Write(decision.State, () =>
        {
            var description = TopicDescriptions.Of(State!);
            world.TellBrokers(Host, description);
            reply(description);
            Done(turn);
        });
    }
}
