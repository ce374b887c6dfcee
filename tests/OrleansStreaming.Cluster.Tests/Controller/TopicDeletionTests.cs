using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Controller;

public sealed class TopicDeletionTests
{
    [Fact]
    public void A_deletion_stays_until_the_topic_grain_and_every_broker_have_forgotten()
    {
        var machine = Machine(1, 2);
        var plan = TopicCreationTests.Create(machine, "t", partitions: 2);
        machine.PublishTopic(Topic("t", plan.Id, 1, [1], [2]));
        machine.CompleteCreation("t");
        var decision = machine.DeleteTopic(new DeleteTopicCommand { Name = "t" });
        Assert.Empty(decision.State.Topics);
        machine.Adopt(decision.State);
        Assert.Equal([1, 2], machine.State.Deletions[plan.Id.Value].PendingBrokers);

        Assert.Equal(ErrorCode.TopicAlreadyExists, machine.CreateTopic(new CreateTopicCommand { Name = "t" }, Alive(1, 2)).Error);
        machine.CompleteDeletion(plan.Id, isForgotten: true, [1]);
        Assert.Equal(ErrorCode.None, machine.CreateTopic(new CreateTopicCommand { Name = "t" }, Alive(1, 2)).Error);
        machine.CompleteDeletion(plan.Id, isForgotten: true, [2]);
        Assert.Empty(machine.State.Deletions);
    }

    [Fact]
    public void The_brokers_of_an_unfinished_creation_are_told_too()
    {
        var machine = Machine(1);
        var plan = TopicCreationTests.Create(machine, "t");
        var decision = machine.DeleteTopic(new DeleteTopicCommand { TopicId = plan.Id });
        Assert.Equal([1], decision.State.Deletions[plan.Id.Value].PendingBrokers);
    }

    [Fact]
    public void A_broker_that_was_away_reports_what_it_removed_when_it_is_ready()
    {
        var machine = Machine(1);
        var plan = TopicCreationTests.Create(machine, "t");
        machine.Adopt(machine.DeleteTopic(new DeleteTopicCommand { Name = "t" }).State);
        machine.CompleteDeletion(plan.Id, isForgotten: true, []);
        var ready = machine.AnnounceReady(new AnnounceReadyCommand { Broker = new BrokerId(1), Incarnation = Guid.Empty, DroppedTopics = [plan.Id] });
        Assert.Empty(ready.State.Deletions);
    }

    [Fact]
    public void Refusals()
    {
        var machine = Machine(1);
        var plan = TopicCreationTests.Create(machine, "t");
        TopicCreationTests.Create(machine, "__consumer_offsets");
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Delete(new() { Name = "none" }));
        Assert.Equal(ErrorCode.UnknownTopicId, Delete(new() { TopicId = new TopicId(Guid.NewGuid()) }));
        Assert.Equal(ErrorCode.UnknownTopicId, Delete(new() { Name = "t", TopicId = new TopicId(Guid.NewGuid()) }));
        Assert.Equal(ErrorCode.InvalidRequest, Delete(new()));
        Assert.Equal(ErrorCode.InvalidRequest, Delete(new() { Name = "__consumer_offsets" }));
        Assert.Equal(ErrorCode.None, Delete(new() { Name = "t", TopicId = plan.Id }));

        ErrorCode Delete(DeleteTopicCommand command) => machine.DeleteTopic(command).Error;
    }
}
