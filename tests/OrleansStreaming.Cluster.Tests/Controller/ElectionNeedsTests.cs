using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

public sealed class ElectionNeedsTests
{
    [Fact]
    public void An_election_changes_nothing_exactly_where_none_is_needed()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            LivingBroker[] all = [Up(1), Up(2, epoch: 2, cleanSince: 2), Up(3), Up(4)];
            var state = Topic(random, all);
            var living = new LivingBrokers(all.Where(_ => random.Next(3) > 0).Select(broker => (random.Next(4)) switch
            {
                0 => broker with { Epoch = broker.Epoch + 4, CleanSince = broker.Epoch + 4 },
                1 => broker with { IsStopping = true },
                _ => broker,
            }));
            var isChanged = !ReferenceEquals(
                state, TopicMachine.Elect(state, new ElectTopicCommand { TopicId = new TopicId(state.Id), Living = living.ToArray() }).State);
            var isNeeded = ElectionNeeds.Of(Described(state), living);
            Assert.True(isNeeded || !isChanged, $"seed {seed}: an election that changes something was not seen to be needed");
        }
    }

    [Fact]
    public void A_healthy_topic_needs_none()
    {
        var state = Topic(new Random(1), [Up(1), Up(2), Up(3), Up(4)]);
        Assert.False(ElectionNeeds.Of(Described(state), Alive(1, 2, 3, 4)));
    }

    private static TopicState Topic(Random random, LivingBroker[] living) => TopicMachine.Create(
        new TopicState(),
        new TopicPlan
        {
            Name = "t",
            Id = new TopicId(Guid.Parse("00000000-0000-0000-0000-0000000000aa")),
            Assignments = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(1, 4).OrderBy(_ => random.Next()).Take(2).ToArray())],
            Configs = new Dictionary<string, string>(),
        },
        new LivingBrokers(living)).State;

    private static TopicDescription Described(TopicState state) => TopicDescriptions.Of(state);
}
