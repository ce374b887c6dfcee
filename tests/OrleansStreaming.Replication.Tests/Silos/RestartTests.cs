using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Brokers;
using OrleansStreaming.Replication.Tests.Support;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Tests.Silos;

public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("restart").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_is_there_after_a_restart_and_the_leader_has_a_new_epoch(bool isClean)
    {
        string clusterId;
        long version;
        TopicDescription topic;
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            topic = await broker.CreateAsync("t", configs: new() { ["retention.ms"] = "-1" });
            await broker.AppendAsync("t", "a", "b");
            clusterId = broker.Metadata.Current.ClusterId;
            version = broker.Metadata.Current.Version;
            await EndAsync(broker, isClean);
        }

        Assert.Equal(isClean, File.Exists(Path.Combine(_folder, "data", ".kafka_cleanshutdown")));
        await using var again = await TestBroker.StartAsync(_folder);
        var image = again.Metadata.Current;
        Assert.Equal(clusterId, image.ClusterId);
        Assert.True(image.Version > version);
        var restarted = image.Topics["t"];
        Assert.Equal(topic.Id, restarted.Id);
        Assert.Equal("-1", restarted.Configs["retention.ms"]);
        Assert.Equal(new LeaderEpoch(1), restarted.Partitions[0].LeaderEpoch);
        Assert.Equal(["a", "b"], again.Read("t"));
        var appended = await again.AppendAsync("t", "c");
        Assert.Equal(new Offset(2), appended.BaseOffset);
        Assert.Equal(new LeaderEpoch(1), appended.LeaderEpoch);
        Assert.Equal(new LeaderEpoch(0), again.Replicas.Find(new TopicPartition("t", 0))!.EpochAt(new Offset(1)));
    }

    [Fact]
    public async Task A_topic_whose_creation_a_crash_cut_short_is_completed_at_start()
    {
        TopicDescription topic;
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            topic = await broker.CreateAsync("t", partitions: 2);
            broker.Crash();
        }

        // As if the crash had come after the controller wrote its intent and before the topic grain wrote the topic.
        Directory.Delete(Path.Combine(_folder, "cluster", "topic", "t.topic"), recursive: true);
        await using var again = await TestBroker.StartAsync(_folder);
        Assert.Equal(topic.Id, again.Metadata.Current.Topics["t"].Id);
        Assert.Equal(2, again.Metadata.Current.Topics["t"].Partitions.Count);
        Assert.Equal(ErrorCode.None, (await again.AppendAsync("t", "a")).Error);
    }

    [Fact]
    public async Task Files_of_a_topic_that_was_deleted_while_the_broker_was_away_are_removed_at_start()
    {
        var data = Path.Combine(_folder, "data");
        var saved = Path.Combine(_folder, "saved");
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            await broker.CreateAsync("t");
            await broker.CreateAsync("kept");
            await broker.StopAsync();
            Copy(data, saved);
        }

        string beforeDeletion;
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            beforeDeletion = await File.ReadAllTextAsync(StateFiles.Latest(_folder, "controller", "cluster.controller"));
            await broker.Controller.DeleteTopic(new DeleteTopicCommand { Name = "t" });
            await broker.StopAsync();
        }

        // The broker's disk as it was before the deletion; the controller still has the deletion written down, since its
        // completion is only written with the next change.
        Assert.DoesNotContain("\"IsForgotten\"", beforeDeletion, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
        Copy(saved, data);
        Assert.True(Directory.Exists(Path.Combine(data, "t-0")));
        await using var again = await TestBroker.StartAsync(_folder);
        Assert.False(Directory.Exists(Path.Combine(data, "t-0")));
        Assert.True(Directory.Exists(Path.Combine(data, "kept-0")));
        Assert.Equal(["kept"], again.Metadata.Current.Topics.Keys);
    }

    [Fact]
    public async Task Files_of_a_topic_that_is_merely_unknown_are_left_alone()
    {
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            await broker.CreateAsync("t");
            await broker.AppendAsync("t", "precious");
            await broker.StopAsync();
        }

        // The cluster's state went back to before the topic, under the same cluster id.
        var controller = StateFiles.Latest(_folder, "controller", "cluster.controller");
        var state = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(controller))!;
        state["state"]!["Topics"] = new System.Text.Json.Nodes.JsonObject();
        await StateFiles.AddAsync(controller, state.ToJsonString());
        await using var again = await TestBroker.StartAsync(_folder);
        Assert.Empty(again.Metadata.Current.Topics);
        Assert.True(Directory.Exists(Path.Combine(_folder, "data", "t-0")));
    }

    [Fact]
    public async Task Data_of_another_cluster_stops_the_start_with_the_reason()
    {
        await using (var broker = await TestBroker.StartAsync(_folder))
        {
            await broker.StopAsync();
        }

        Directory.Delete(Path.Combine(_folder, "cluster"), recursive: true);
        var refused = await Assert.ThrowsAsync<BrokerStartException>(() => TestBroker.StartAsync(_folder));
        Assert.Contains("belongs to cluster", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_in_use_stops_the_start_with_the_reason()
    {
        await using var broker = await TestBroker.StartAsync(_folder);
        await Assert.ThrowsAsync<LogDirectoryException>(() => TestBroker.StartAsync(_folder));
    }

    private static async Task EndAsync(TestBroker broker, bool isClean)
    {
        if (isClean)
        {
            await broker.StopAsync();
        }
        else
        {
            broker.Crash();
        }
    }

    private static void Copy(string source, string target)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
