using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Simulation.Tests.Brokers;

namespace OrleansStreaming.Simulation.Tests.Topics;

/// <summary>The topic grain: the topic machine's decisions, written, then told to the brokers and the controller.</summary>
internal sealed class TopicActivation(SimulatedBroker host, SimulatedWorld world) : GrainActivation<TopicState>(host, world.TopicStore)
{
    public void Elect(ElectTopicCommand command, Action<TopicDescription> reply) =>
        InTurn(() => Commit(TopicMachine.Elect(State!, command), reply));

    public void ProposeInSync(InSyncProposal proposal) => InTurn(() =>
    {
        var decision = TopicMachine.ChangeInSync(State!, proposal, new LivingBrokers(Host.Known));
        Commit(TopicDecision.Accept(decision.State), description => world.TellController(Host, controller => controller.TopicChanged(description)));
    });

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
