using System.Runtime.CompilerServices;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Tests.Support;

/// <summary>A cluster in lists, for tests of what commands parse, ask and show. For one command at a time.</summary>
internal sealed class FakeCluster : IClusterConnection, ITopics, IGroups, IConfigs, IBrokers
{
    private readonly Dictionary<string, TopicInfo> _topics = [];

    public Dictionary<string, List<IncomingRecord>> Records { get; } = [];

    public List<OutgoingRecord> Written { get; } = [];

    public WriterOptions? Writer { get; private set; }

    public FeedOptions? Feed { get; private set; }

    public Dictionary<TopicPartition, Offset> Committed { get; } = [];

    public Dictionary<TopicPartition, Offset> Processed { get; } = [];

    public List<ConfigChange> Changes { get; } = [];

    public List<string> Log { get; } = [];

    public IReadOnlyList<TopicPartition>? Elected { get; private set; }

    public NewTopic? Created { get; private set; }

    public ITopics Topics => this;

    public IGroups Groups => this;

    public IConfigs Configs => this;

    public IBrokers Brokers => this;

    public void AddTopic(string name, int partitions, params string[] values)
    {
        BrokerId[] brokers = [new BrokerId(1)];
        _topics[name] = new TopicInfo(
            name,
            new TopicId(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)),
            false,
            [.. Enumerable.Range(0, partitions).Select(partition => new PartitionInfo(partition, new BrokerId(1), new LeaderEpoch(0), brokers, brokers))],
            new Dictionary<string, string> { ["retention.ms"] = "1000" });
        Records[name] = [.. values.Select((value, index) => new IncomingRecord(
            new TopicPartition(name, 0), new Offset(index), 1_700_000_000_000 + index, "k"u8.ToArray(), System.Text.Encoding.UTF8.GetBytes(value), []))];
    }

    public Task<IReadOnlyList<TopicInfo>> ListAsync(bool includeInternal, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<TopicInfo>>([.. _topics.Values]);

    public Task<TopicInfo?> FindAsync(string topic, CancellationToken cancellationToken) => Task.FromResult(_topics.GetValueOrDefault(topic));

    public Task CreateAsync(NewTopic topic, CancellationToken cancellationToken)
    {
        Created = topic;
        return Task.CompletedTask;
    }

    public Task GrowAsync(string topic, int partitionCount, CancellationToken cancellationToken) => Note($"grow {topic} {partitionCount}");

    Task ITopics.DeleteAsync(string topic, CancellationToken cancellationToken) => Note($"delete topic {topic}");

    Task<IReadOnlyDictionary<TopicPartition, Offset>> ITopics.OffsetsAsync(
        IReadOnlyCollection<TopicPartition> partitions, StartPosition position, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<TopicPartition, Offset>>(partitions.ToDictionary(partition => partition, partition => position.Kind switch
        {
            StartKind.Beginning => Offset.Zero,
            StartKind.End => new Offset(Records[partition.Topic].Count),
            _ => new Offset(position.Value),
        }));

    Task<IReadOnlyList<GroupListing>> IGroups.ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<GroupListing>>([new GroupListing("billing", "Stable", "consumer")]);

    public Task<GroupInfo> DescribeAsync(string groupId, CancellationToken cancellationToken) => Task.FromResult(groupId == "billing"
        ? new GroupInfo(groupId, "Stable", "consumer", "range", new BrokerId(1), [new GroupMemberInfo("m-1", null, "app", "/127.0.0.1", [new TopicPartition("orders", 0)])])
        : new GroupInfo(groupId, "Dead", "", "", new BrokerId(1), []));

    Task<IReadOnlyList<GroupOffset>> IGroups.OffsetsAsync(string groupId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<GroupOffset>>(groupId == "billing" ? [new GroupOffset(new TopicPartition("orders", 0), new Offset(1), new Offset(4), "")] : []);

    public Task SetOffsetsAsync(string groupId, IReadOnlyDictionary<TopicPartition, Offset> offsets, CancellationToken cancellationToken)
    {
        foreach (var (partition, offset) in offsets)
        {
            Committed[partition] = offset;
        }

        return Task.CompletedTask;
    }

    Task IGroups.DeleteAsync(string groupId, CancellationToken cancellationToken) => Note($"delete group {groupId}");

    public Task<IReadOnlyList<ConfigInfo>> GetAsync(ConfigResource resource, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ConfigInfo>>(
    [
        new ConfigInfo("cleanup.policy", "delete", ConfigSource.DefaultConfig, false, false, ""),
        new ConfigInfo("retention.ms", "1000", ConfigSource.TopicConfig, false, false, ""),
    ]);

    public Task AlterAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellationToken)
    {
        Changes.AddRange(changes);
        return Note($"alter {resource.Type} {resource.Name}");
    }

    Task<ClusterInfo> IBrokers.DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ClusterInfo("abc", new BrokerId(1), [new BrokerInfo(new BrokerId(1), "localhost", 9092, null, true)]));

    public Task<IReadOnlyList<PartitionVerdict>> ReassignAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> moves, CancellationToken cancellationToken)
    {
        Log.AddRange(moves.Select(move => $"move {move.Key} to {(move.Value is null ? "cancel" : string.Join(",", move.Value))}"));
        return Task.FromResult<IReadOnlyList<PartitionVerdict>>([.. moves.Keys.Select(partition => new PartitionVerdict(partition, ErrorCode.None, null))]);
    }

    public Task<IReadOnlyList<ReassignmentInfo>> ReassignmentsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReassignmentInfo>>([new ReassignmentInfo(new TopicPartition("orders", 0), [new BrokerId(2)], [new BrokerId(2)], [new BrokerId(1)])]);

    public Task<IReadOnlyList<PartitionVerdict>> ElectAsync(IReadOnlyList<TopicPartition>? partitions, bool unclean, CancellationToken cancellationToken)
    {
        Elected = partitions;
        return Task.FromResult<IReadOnlyList<PartitionVerdict>>(
        [
            new PartitionVerdict(new TopicPartition("orders", 0), ErrorCode.ElectionNotNeeded, null),
            new PartitionVerdict(new TopicPartition("orders", 1), ErrorCode.PreferredLeaderNotAvailable, null),
        ]);
    }

    public IRecordWriter OpenWriter(WriterOptions options)
    {
        Writer = options;
        return new ListWriter(Written);
    }

    public IRecordFeed OpenFeed(FeedOptions options)
    {
        Feed = options;
        return new ListFeed(this, options);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task Note(string what)
    {
        Log.Add(what);
        return Task.CompletedTask;
    }

    private sealed class ListWriter(List<OutgoingRecord> written) : IRecordWriter
    {
        public ValueTask<Task<RecordPlace>> EnqueueAsync(OutgoingRecord record, CancellationToken cancellationToken)
        {
            written.Add(record);
            return ValueTask.FromResult(Task.FromResult(new RecordPlace(new TopicPartition(record.Topic, 0), new Offset(written.Count - 1))));
        }

        public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class ListFeed(FakeCluster cluster, FeedOptions options) : IRecordFeed
    {
        public async IAsyncEnumerable<RecordChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            foreach (var topic in options.Topics)
            {
                yield return new RecordChunk(new TopicPartition(topic, 0), cluster.Records[topic]);
            }
        }

        public void MarkProcessed(TopicPartition partition, Offset next) => cluster.Processed[partition] = next;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
