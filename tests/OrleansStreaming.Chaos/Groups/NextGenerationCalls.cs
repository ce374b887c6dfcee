using System.Diagnostics;
using OrleansStreaming.Chaos.Wire;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>What a member of a KIP-848 group says to its coordinator, wherever that is now, and the epoch it is in.</summary>
internal sealed class NextGenerationCalls(ConsumerOptions options) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly string _member = Guid.NewGuid().ToString();
    private WireConnection? _coordinator;
    private Guid? _topicId;
    private long _lastBeat;

    /// <summary>0: no member.</summary>
    public int Epoch { get; private set; }

    public TimeSpan SinceBeat => Stopwatch.GetElapsedTime(_lastBeat);

    /// <summary>Tells what is owned.</summary>
    /// <returns>The partitions to come to, when the coordinator says.</returns>
    public async Task<(ErrorCode Error, int[]? Target)> BeatAsync(int[] owned, CancellationToken cancellation)
    {
        _lastBeat = Stopwatch.GetTimestamp();
        var topicId = await TopicIdAsync(cancellation);
        var answer = await AskAsync<ConsumerGroupHeartbeatResponse>(
            new ConsumerGroupHeartbeatRequest
            {
                GroupId = options.Group,
                MemberId = _member,
                MemberEpoch = Epoch,
                RebalanceTimeoutMs = 60_000,
                SubscribedTopicNames = [options.Topic],
                TopicPartitions = owned.Length == 0 ? [] : [new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = topicId, Partitions = [.. owned] }],
            },
            1,
            cancellation);
        var error = (ErrorCode)answer.ErrorCode;
        Note(error);
        Epoch = error switch
        {
            ErrorCode.None => answer.MemberEpoch,
            ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId => 0,
            _ => Epoch,
        };
        return (error, error is ErrorCode.None ? answer.Assignment?.TopicPartitions.SelectMany(topic => topic.Partitions).ToArray() : null);
    }

    /// <returns>Whether the coordinator knows now.</returns>
    public async Task<bool> LeaveAsync(CancellationToken cancellation)
    {
        var answer = await AskAsync<ConsumerGroupHeartbeatResponse>(
            new ConsumerGroupHeartbeatRequest { GroupId = options.Group, MemberId = _member, MemberEpoch = -1 }, 1, cancellation);
        Note((ErrorCode)answer.ErrorCode);
        return (ErrorCode)answer.ErrorCode is ErrorCode.None or ErrorCode.UnknownMemberId or ErrorCode.GroupIdNotFound;
    }

    public async Task<ErrorCode> CommitAsync(IReadOnlyDictionary<int, long> offsets, CancellationToken cancellation)
    {
        var topic = new OffsetCommitRequest.OffsetCommitRequestTopic { Name = options.Topic };
        topic.Partitions.AddRange(offsets.Select(entry => new OffsetCommitRequest.OffsetCommitRequestPartition
        {
            PartitionIndex = entry.Key,
            CommittedOffset = entry.Value,
            CommittedMetadata = "",
        }));
        var answer = await AskAsync<OffsetCommitResponse>(
            new OffsetCommitRequest { GroupId = options.Group, MemberId = _member, GenerationIdOrMemberEpoch = Epoch, Topics = [topic] }, 9, cancellation);
        var error = answer.Topics[0].Partitions.Select(partition => (ErrorCode)partition.ErrorCode).FirstOrDefault(error => error is not ErrorCode.None);
        Note(error);
        return error;
    }

    /// <returns>In the order asked, -1 for none; null when the coordinator does not tell now.</returns>
    public async Task<long[]?> CommittedAsync(int[] partitions, CancellationToken cancellation)
    {
        var answer = await AskAsync<OffsetFetchResponse>(
            new OffsetFetchRequest
            {
                Groups =
                [
                    new OffsetFetchRequest.OffsetFetchRequestGroup
                    {
                        GroupId = options.Group,
                        MemberId = _member,
                        MemberEpoch = Epoch,
                        Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = options.Topic, PartitionIndexes = [.. partitions] }],
                    },
                ],
            },
            9,
            cancellation);
        var group = answer.Groups[0];
        Note((ErrorCode)group.ErrorCode);
        return group.ErrorCode == 0 && group.Topics[0].Partitions.All(partition => partition.ErrorCode == 0)
            ? [.. partitions.Select(partition => group.Topics[0].Partitions.Single(answered => answered.PartitionIndex == partition).CommittedOffset)]
            : null;
    }

    /// <summary>The coordinator is looked for again at the next call.</summary>
    public void Disconnect()
    {
        _coordinator?.Dispose();
        _coordinator = null;
    }

    public void Dispose() => Disconnect();

    private void Note(ErrorCode error)
    {
        if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress)
        {
            Disconnect();
        }
    }

    private async Task<Guid> TopicIdAsync(CancellationToken cancellation)
    {
        if (_topicId is null)
        {
            var request = new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = options.Topic }] };
            _topicId = (await AskAsync<MetadataResponse>(request, 12, cancellation)).Topics[0].TopicId;
        }

        return _topicId.Value;
    }

    /// <exception cref="IOException">Nobody answers now.</exception>
    private async Task<T> AskAsync<T>(IRequestMessage request, short version, CancellationToken cancellation)
        where T : IResponseMessage
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_patience);
        try
        {
            _coordinator ??= await WireConnection.ToCoordinatorAsync(options.Bootstrap.Split(','), options.Group, limit.Token)
                ?? throw new IOException("No coordinator.");
            return await _coordinator.AskAsync<T>(request, version, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"No answer within {_patience}.");
        }
    }
}
