using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Simulation;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Directories;

public sealed class LogDirectoryTests : IDisposable
{
    private static readonly BrokerId _broker = new(7);
    private static readonly TopicPartition _partition = new("a-topic.with_dots", 12);
    private static readonly TopicId _topic = new(Guid.Parse("5e6f7a8b-0000-4000-8000-000000000001"));
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"ostream-storage-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Fact]
    public async Task A_new_directory_is_founded_and_found_again()
    {
        var first = Open();
        Assert.Null(first.ClusterId);
        Assert.False(first.WasCleanShutdown);
        first.SetClusterId("cluster-1");
        var id = first.DirectoryId;
        var log = first.OpenLog(_partition, _topic, LogOptions.Default);
        log.AppendAsLeader(Batches.Of("a", "b"), new LeaderEpoch(0));
        await first.CloseAsync();

        using var second = Open();
        Assert.Equal(("cluster-1", id, true), (second.ClusterId, second.DirectoryId, second.WasCleanShutdown));
        Assert.Equal([(_partition, _topic)], second.Replicas);
        Assert.Equal(2, second.OpenLog(_partition, _topic, LogOptions.Default).LogEnd.Value);
    }

    [Fact]
    public void What_was_committed_in_a_deleted_replica_says_nothing_of_a_later_one_of_that_name()
    {
        using (var first = Open())
        {
            first.OpenLog(_partition, _topic, LogOptions.Default).AppendAsLeader(Batches.Of("a", "b"), new LeaderEpoch(0));
            first.WriteHighWatermarks([new(_partition, new Offset(2)), new(new TopicPartition("other", 0), new Offset(7))]);
            first.DeleteLog(_partition);
            Assert.DoesNotContain(_partition, first.HighWatermarks);
            first.OpenLog(_partition, new TopicId(Guid.Parse("5e6f7a8b-0000-4000-8000-000000000002")), LogOptions.Default);
        }

        // As a broker that was killed before it wrote the next checkpoint: the new log ends before the old one's high watermark.
        using var second = Open();
        Assert.Equal([new(new TopicPartition("other", 0), new Offset(7))], second.HighWatermarks);
    }

    [Fact]
    public void A_directory_in_use_is_refused()
    {
        using var first = Open();
        Assert.Contains("in use by another process", Refused());
    }

    [Fact]
    public void A_directory_of_another_broker_or_cluster_is_refused()
    {
        using (var first = Open())
        {
            first.SetClusterId("mine");
            first.SetClusterId("mine");
            Assert.Contains("belongs to cluster mine", Assert.Throws<LogDirectoryException>(() => first.SetClusterId("other")).Message);
        }

        Assert.Contains("belongs to broker 7, not to broker 8", Refused(new BrokerId(8)));
    }

    [Fact]
    public void A_file_is_not_a_directory()
    {
        File.WriteAllText(_root, "hello");
        try
        {
            Assert.Contains("is a file", Refused());
            Assert.Equal("hello", File.ReadAllText(_root));
        }
        finally
        {
            File.Delete(_root);
        }
    }

    [Theory]
    [InlineData("holiday.jpg")]
    [InlineData("documents/letter.txt")]
    [InlineData("photos-2024/beach.jpg")]
    public void Somebody_elses_directory_is_refused_and_left_alone(string file)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "precious");
        Assert.Contains($"it holds '{file.Split('/')[0]}'", Refused());
        Assert.Equal([path], Directory.GetFiles(_root, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_copied_in_replica_is_not_foreign()
    {
        Directory.CreateDirectory(Path.Combine(_root, "topic-0"));
        Directory.CreateDirectory(Path.Combine(_root, "lost+found"));
        Directory.CreateDirectory(Path.Combine(_root, "cluster", "grains"));
        File.WriteAllBytes(Path.Combine(_root, "topic-0", "00000000000000000000.log"), []);
        using var directory = Open();
        Assert.Equal([(new TopicPartition("topic", 0), TopicId.None)], directory.Replicas);
    }

    [Fact]
    public void A_damaged_meta_properties_is_not_taken_for_a_new_directory()
    {
        Directory.CreateDirectory(_root);
        File.WriteAllText(Path.Combine(_root, "meta.properties"), "gibberish");
        Assert.Contains("names no node.id", Refused());
    }

    [Fact]
    public void Kafkas_own_meta_properties_are_understood()
    {
        Directory.CreateDirectory(_root);
        File.WriteAllText(
            Path.Combine(_root, "meta.properties"),
            "#\n#Mon Jan 01 00:00:00 UTC 2024\nnode.id=7\ndirectory.id=ABEiM0RVZneImaq7zN3u_w\nversion=1\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n");
        using var directory = Open();
        Assert.Equal("MkU3OEVBNTcwNTJENDM2Qg", directory.ClusterId);
        Assert.Equal(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), directory.DirectoryId);
    }

    [Fact]
    public void A_disk_that_refuses_is_told_in_one_line()
    {
        var device = new SimulatedStorageDevice(1) { FreeBytes = 0 };
        var message = Assert.Throws<LogDirectoryException>(() => LogDirectory.Open("/data", _broker, device, TimeProvider.System)).Message;
        Assert.Equal("Data directory '/data' cannot be used: No space left on device.", message);
    }

    [Fact]
    public async Task A_deleted_replica_is_gone_at_once_and_its_readers_finish()
    {
        var directory = Open();
        var log = directory.OpenLog(_partition, _topic, LogOptions.Default);
        log.AppendAsLeader(Batches.Of("a"), new LeaderEpoch(0));
        directory.WriteCheckpoints();
        using var records = log.Read(Offset.Zero, new Offset(1), 1000, true).Records;
        directory.DeleteLog(_partition);
        Assert.False(Directory.Exists(Path.Combine(_root, _partition.ToString())));
        Assert.Empty(directory.Replicas);
        Assert.Equal([(0, "a")], Batches.Decode(records.ToArray()));

        var other = new TopicId(Guid.NewGuid());
        Assert.Equal(0, directory.OpenLog(_partition, other, LogOptions.Default).LogEnd.Value);
        await directory.CloseAsync();
        Assert.Equal([_partition.ToString()], Directory.GetDirectories(_root).Select(x => Path.GetFileName(x)));
    }

    [Fact]
    public async Task A_half_deleted_replica_is_removed_at_the_next_start()
    {
        Directory.CreateDirectory(Path.Combine(_root, "topic-0.0123456789abcdef0123456789abcdef-delete"));
        File.WriteAllText(Path.Combine(_root, "topic-0.0123456789abcdef0123456789abcdef-delete", "00000000000000000000.log"), "x");
        var directory = Open();
        Assert.Empty(directory.Replicas);
        await directory.CloseAsync();
        Assert.Empty(Directory.GetDirectories(_root));
    }

    [Fact]
    public void The_partition_of_another_topic_of_that_name_is_not_opened()
    {
        using (var first = Open())
        {
            first.OpenLog(_partition, _topic, LogOptions.Default);
        }

        using var second = Open();
        Assert.Throws<LogDirectoryException>(() => second.OpenLog(_partition, new TopicId(Guid.NewGuid()), LogOptions.Default));
        Assert.Equal(_topic, second.OpenLog(_partition, TopicId.None, LogOptions.Default).TopicId);
    }

    [Fact]
    public async Task Letting_go_without_a_close_is_not_clean_even_when_the_next_session_is()
    {
        Open().Dispose();
        var first = Open();
        first.OpenLog(_partition, _topic, LogOptions.Default).AppendAsLeader(Batches.Of("a"), new LeaderEpoch(0));
        first.Dispose();

        // Nobody looked at the replica in this session, so nobody can vouch for it.
        var second = Open();
        await second.CloseAsync();
        var third = Open();
        Assert.False(third.WasCleanShutdown);
        Assert.NotNull(third.OpenLog(_partition, _topic, LogOptions.Default).Recovery);
        await third.CloseAsync();
        using var fourth = Open();
        Assert.True(fourth.WasCleanShutdown);
    }

    [Fact]
    public void An_open_log_is_answered_again()
    {
        using var directory = Open();
        Assert.Same(directory.OpenLog(_partition, _topic, LogOptions.Default), directory.OpenLog(_partition, _topic, LogOptions.Default));
    }

    [Fact]
    public void The_volume_is_known()
    {
        using var directory = Open();
        var (total, usable) = FileStorageDevice.Instance.VolumeOf(_root);
        Assert.InRange(usable, 1, total);
    }

    private LogDirectory Open() => LogDirectory.Open(_root, _broker, FileStorageDevice.Instance, TimeProvider.System);

    private string Refused(BrokerId? broker = null) => Assert.Throws<LogDirectoryException>(
        () => LogDirectory.Open(_root, broker ?? _broker, FileStorageDevice.Instance, TimeProvider.System)).Message;
}
