using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Cluster.Metadata;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using static OrleansStreaming.Cluster.Tests.Support.Clusters;

namespace OrleansStreaming.Cluster.Tests.Metadata;

public sealed class MetadataTests
{
    [Fact]
    public void The_first_answer_is_a_snapshot_and_the_next_one_tells_only_changes()
    {
        var log = new MetadataLog("c", new BrokerId(1), term: 1);
        log.SetTopic(Topic("a", Id(1), 1, [1]));
        var first = log.Since(-1);
        Assert.True(first.IsSnapshot);
        log.SetTopic(Topic("b", Id(2), 1, [1]));
        var second = log.Since(first.Version);
        Assert.False(second.IsSnapshot);
        Assert.Equal("b", Assert.Single(second.Topics).Name);
        Assert.Empty(log.Since(second.Version).Topics);
    }

    [Fact]
    public void A_new_controller_begins_above_the_former_one_and_sends_a_snapshot()
    {
        var former = new MetadataLog("c", new BrokerId(1), term: 1);
        for (var i = 1; i < 100; i++)
        {
            former.SetTopic(Topic("a", Id(1), i, [1]));
        }

        var next = new MetadataLog("c", new BrokerId(2), term: 2);
        Assert.True(next.Version > former.Version);
        Assert.True(next.Since(former.Version).IsSnapshot);
    }

    [Fact]
    public void A_topic_that_a_new_controller_has_not_learned_of_yet_stays_as_it_was_known()
    {
        var former = new MetadataLog("c", new BrokerId(1), term: 1);
        former.SetTopic(Topic("a", Id(1), 1, [1]));
        former.SetTopic(Topic("deleted", Id(2), 1, [1]));
        var image = ClusterImages.Apply(ClusterImage.Empty, former.Since(-1));

        var next = new MetadataLog("c", new BrokerId(2), term: 2);
        image = ClusterImages.Apply(image, next.Since(image.Version, [Id(1), Id(3)]));
        Assert.Equal(["a"], image.Topics.Keys);
        Assert.Equal([Id(1)], image.TopicsById.Keys);
        next.SetTopic(Topic("a", Id(1), 2, [2]));
        Assert.Empty(next.Since(-1, [Id(1)]).UnknownTopics);
        Assert.Equal(2, ClusterImages.Apply(image, next.Since(image.Version, [Id(1)])).Topics["a"].Version);
    }

    [Fact]
    public void Group_configs_are_told_when_they_have_changed_and_else_stay()
    {
        var log = new MetadataLog("c", new BrokerId(1), term: 1);
        var image = ClusterImages.Apply(ClusterImage.Empty, log.Since(-1));
        log.SetGroupConfigs(Configs("g"));
        var told = log.Since(image.Version);
        image = ClusterImages.Apply(image, told);
        log.SetTopic(Topic("a", Id(1), 1, [1]));
        var untold = log.Since(image.Version);
        image = ClusterImages.Apply(image, untold);

        Assert.NotNull(told.GroupConfigs);
        Assert.Null(untold.GroupConfigs);
        Assert.Equal(["g"], image.GroupConfigs.Keys);

        var next = new MetadataLog("c", new BrokerId(2), term: 2);
        next.SetGroupConfigs(Configs("h"));
        Assert.Equal(["h"], ClusterImages.Apply(image, next.Since(image.Version)).GroupConfigs.Keys);

        static Dictionary<string, IReadOnlyDictionary<string, string>> Configs(string group) =>
            new() { [group] = new Dictionary<string, string> { ["consumer.session.timeout.ms"] = "50000" } };
    }

    [Fact]
    public void Older_descriptions_are_ignored()
    {
        var log = new MetadataLog("c", new BrokerId(1), term: 1);
        log.SetTopic(Topic("a", Id(1), 5, [1]));
        var version = log.Version;
        log.SetTopic(Topic("a", Id(1), 4, [2]));
        Assert.Equal(version, log.Version);
        Assert.Equal(5, log.Find(Id(1))!.Version);
    }

    [Fact]
    public void Who_is_too_far_behind_gets_a_snapshot()
    {
        var log = new MetadataLog("c", new BrokerId(1), term: 1, maxDeletions: 2);
        var start = log.Version;
        for (var i = 1; i <= 3; i++)
        {
            log.SetTopic(Topic("a", Id(i), 1, [1]));
            log.RemoveTopic(Id(i));
        }

        Assert.True(log.Since(start).IsSnapshot);
        Assert.False(log.Since(log.Version - 1).IsSnapshot);
    }

    [Fact]
    public void An_image_fed_with_deltas_equals_one_made_from_a_snapshot()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var log = new MetadataLog("c", new BrokerId(1), term: 1, maxDeletions: 5);
            var image = ClusterImage.Empty;
            var topics = new Dictionary<string, TopicDescription>();
            for (var step = 0; step < 80; step++)
            {
                var name = $"t{random.Next(5)}";
                if (topics.Remove(name, out var known) && random.Next(2) == 0)
                {
                    log.RemoveTopic(known.Id);
                }
                else
                {
                    var topic = Topic(name, known?.Id ?? Id((seed * 1000) + step + 1), (known?.Version ?? 0) + 1, [1]);
                    topics[name] = topic;
                    log.SetTopic(topic);
                }

                if (random.Next(3) == 0)
                {
                    image = ClusterImages.Apply(image, log.Since(image.Version));
                    var whole = ClusterImages.Apply(ClusterImage.Empty, log.Since(-1));
                    Assert.True(Names(image).SequenceEqual(Names(whole)), $"seed {seed}, step {step}");
                    Assert.True(image.TopicsById.Count == image.Topics.Count, $"seed {seed}, step {step}");
                }
            }
        }

        static IEnumerable<(string, TopicId, long)> Names(ClusterImage image) =>
            image.Topics.Values.Select(topic => (topic.Name, topic.Id, topic.Version));
    }

    private static TopicId Id(int number) => new(new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9));
}
