using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Concurrency;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>Brokers that only note what they are told; one that is paused never answers.</summary>
[GrainType("broker"), Reentrant]
public sealed class FakeBrokerGrain(ToldBrokers told) : Grain, IBrokerGrain
{
    private int Id => int.Parse(this.GetPrimaryKeyString(), CultureInfo.InvariantCulture);

    public Task<ErrorCode> ApplyTopic(TopicDescription topic) => told.NoteAsync(Id, topic);

    public Task<ErrorCode> DropTopic(TopicId topic)
    {
        told.Dropped.Add((Id, topic));
        return Task.FromResult(ErrorCode.None);
    }

    public Task<ReplicaEnds> DescribeEnds(TopicId topic) => told.DescribeEndsAsync(Id);

    public Task<ReplicateResponse> Replicate(ReplicateRequest request) => throw new NotSupportedException();

    public Task Ask(TopicPartition partition, BrokerId follower) => throw new NotSupportedException();
}

/// <summary>What the fake brokers were told.</summary>
public sealed class ToldBrokers
{
    private readonly TaskCompletionSource _resumed = new();

    public ConcurrentBag<(int Broker, TopicId Topic)> Dropped { get; } = [];

    public ConcurrentDictionary<int, bool> Paused { get; } = [];

    public ConcurrentQueue<(int Broker, TopicDescription Topic)> Applied { get; } = [];

    public async Task<ErrorCode> NoteAsync(int broker, TopicDescription topic)
    {
        if (Paused.ContainsKey(broker))
        {
            await _resumed.Task;
        }

        Applied.Enqueue((broker, topic));
        return ErrorCode.None;
    }

    /// <summary>What a broker says when it is asked where its replicas end; nothing: it does not answer.</summary>
    public ConcurrentDictionary<int, ReplicaEnds> Ends { get; } = [];

    public async Task<ReplicaEnds> DescribeEndsAsync(int broker)
    {
        if (Ends.TryGetValue(broker, out var ends))
        {
            return ends;
        }

        await _resumed.Task;
        return new ReplicaEnds();
    }

    /// <summary>Lets every paused broker go on.</summary>
    public void Resume() => _resumed.TrySetResult();
}
