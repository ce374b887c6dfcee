using System.Collections.Immutable;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Contracts.Producers;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>
/// Controller and metadata cache in one: a command that is accepted changes the image, either at once or, when
/// <see cref="LagsBehind"/>, only on <see cref="CatchUp"/>. Broker 1 is the one under test; brokers 2 and 3 live elsewhere.
/// </summary>
internal sealed partial class FakeCluster(FakeReplicas replicas) : IClusterMetadata, IControllerGrain, IProducerIdGrain
{
    public const int BlockSize = 3;
    public static readonly BrokerId LocalBroker = new(1);

    private readonly Lock _sync = new();
    private ClusterImage _latest = NewImage();
    private ClusterImage _current = NewImage();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _nextProducerId;

    /// <summary>Commands in the order in which they came.</summary>
    public List<object> Commands { get; } = [];

    /// <summary>Thrown by every grain call, when set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Answered to every command, when set.</summary>
    public TopicCommandResult? Refusal { get; set; }

    /// <summary>Every group, for tests that set it.</summary>
    public IGroupGrain? Group { get; set; }

    public bool LagsBehind { get; set; }

    /// <summary>Raised when somebody waits for a version that is not there yet.</summary>
    public Signal Waiting { get; } = new();

    public int BlocksAllocated { get; private set; }

    public ClusterImage Current => Volatile.Read(ref _current);

    public Task WaitForVersionAsync(long version, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            if (_current.Version >= version)
            {
                return Task.CompletedTask;
            }

            Waiting.Raise();
            return _moved.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Changes the cluster behind the controller's back.</summary>
    public long Change(Func<ClusterImage, ClusterImage> change)
    {
        lock (_sync)
        {
            var changed = change(_latest);
            _latest = new ClusterImage
            {
                Version = _latest.Version + 1,
                ClusterId = changed.ClusterId,
                Controller = changed.Controller,
                Brokers = changed.Brokers,
                Topics = changed.Topics,
                TopicsById = changed.Topics.Values.ToImmutableDictionary(topic => topic.Id),
                BrokerConfigs = changed.BrokerConfigs,
                GroupConfigs = changed.GroupConfigs,
            };
            if (!LagsBehind)
            {
                Volatile.Write(ref _current, _latest);
            }

            return _latest.Version;
        }
    }

    /// <summary>The same cluster at a metadata version of another controller's term.</summary>
    public void Restart(long version)
    {
        lock (_sync)
        {
            _latest = new ClusterImage
            {
                Version = version,
                ClusterId = _latest.ClusterId,
                Controller = _latest.Controller,
                Brokers = _latest.Brokers,
                Topics = _latest.Topics,
                TopicsById = _latest.TopicsById,
                BrokerConfigs = _latest.BrokerConfigs,
                GroupConfigs = _latest.GroupConfigs,
            };
            Volatile.Write(ref _current, _latest);
        }
    }

    public void CatchUp()
    {
        lock (_sync)
        {
            Volatile.Write(ref _current, _latest);
            _moved.SetResult();
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>A topic whose partitions this broker leads, or <paramref name="leader"/>.</summary>
    public TopicDescription AddTopic(string name, int partitions, BrokerId? leader = null, IReadOnlyDictionary<string, string>? configs = null)
    {
        var topic = new TopicDescription
        {
            Name = name,
            Id = new TopicId(Guid.NewGuid()),
            Partitions = [.. Enumerable.Range(0, partitions).Select(index => Partition(index, leader ?? LocalBroker))],
            Configs = configs ?? new Dictionary<string, string>(),
        };
        Put(topic);
        return topic;
    }

    public long Put(TopicDescription topic)
    {
        foreach (var partition in topic.Partitions.Where(partition => partition.Replicas.Contains(LocalBroker)))
        {
            replicas.Add(new TopicPartition(topic.Name, partition.Partition), topic.Id);
        }

        return Change(image => With(image, image.Topics.SetItem(topic.Name, topic)));
    }

    public Task<TopicCommandResult> CreateTopic(CreateTopicCommand command) => Run(command, image =>
    {
        if (image.Topics.ContainsKey(command.Name))
        {
            return TopicCommandResult.Refused(ErrorCode.TopicAlreadyExists, "It exists.");
        }

        if (command.Name.Contains('/', StringComparison.Ordinal))
        {
            return TopicCommandResult.Refused(ErrorCode.InvalidTopicException, "A bad name.");
        }

        var count = command.Assignments.Count > 0 ? command.Assignments.Count : command.PartitionCount < 0 ? 1 : command.PartitionCount;
        var topic = new TopicDescription
        {
            Name = command.Name,
            Id = new TopicId(Guid.NewGuid()),
            Partitions = [.. Enumerable.Range(0, count).Select(index => Partition(index, LocalBroker))],
            Configs = command.Configs,
        };
        return new TopicCommandResult { Topic = topic, MetadataVersion = command.ValidateOnly ? image.Version : Put(topic) };
    });

    public Task<TopicCommandResult> DeleteTopic(DeleteTopicCommand command) => Run(command, image =>
    {
        var topic = command.Name is { } name ? image.Topics.GetValueOrDefault(name) : image.TopicsById.GetValueOrDefault(command.TopicId);
        return topic is null
            ? TopicCommandResult.Refused(command.Name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, "There is none.")
            : new TopicCommandResult { MetadataVersion = Change(old => With(old, old.Topics.Remove(topic.Name))) };
    });

    public Task<TopicCommandResult> CreatePartitions(CreatePartitionsCommand command) => Run(command, image =>
    {
        if (!image.Topics.TryGetValue(command.Name, out var topic))
        {
            return TopicCommandResult.Refused(ErrorCode.UnknownTopicOrPartition, "There is none.");
        }

        var grown = new TopicDescription
        {
            Name = topic.Name,
            Id = topic.Id,
            Partitions = [.. Enumerable.Range(0, command.TotalCount).Select(index => Partition(index, LocalBroker))],
            Configs = topic.Configs,
        };
        return command.TotalCount <= topic.Partitions.Count
            ? TopicCommandResult.Refused(ErrorCode.InvalidPartitions, "It would shrink.")
            : new TopicCommandResult { Topic = grown, MetadataVersion = command.ValidateOnly ? image.Version : Put(grown) };
    });

    public Task<TopicCommandResult> AlterConfigs(AlterConfigsCommand command) =>
        Run(command, image => new TopicCommandResult { MetadataVersion = image.Version });

    public Task<RegisterBrokerResult> RegisterBroker(RegisterBrokerCommand command) => throw new NotSupportedException("Not the endpoint's to call.");

    public Task<AnnounceReadyResult> AnnounceReady(AnnounceReadyCommand command) => throw new NotSupportedException("Not the endpoint's to call.");

    public Task<BeginShutdownResult> BeginShutdown(BeginShutdownCommand command) => throw new NotSupportedException("Not the endpoint's to call.");

    public Task TopicChanged(TopicDescription topic) => throw new NotSupportedException("Not the endpoint's to call.");

    public Task ResignLeader(string topic, LeaderResignation resignation) => throw new NotSupportedException("Not the endpoint's to call.");

    public Task<MetadataUpdate> Tail(long afterVersion) => throw new NotSupportedException("Not the endpoint's to call.");

    public async Task<ProducerIdBlock> AllocateBlock()
    {
        await Task.Yield();
        if (Failure is { } failure)
        {
            throw failure;
        }

        BlocksAllocated++;
        _nextProducerId += BlockSize;
        return new ProducerIdBlock { First = new ProducerId(_nextProducerId), Count = BlockSize };
    }

    /// <summary>A topic with one partition that these brokers hold, the first of them leading it.</summary>
    public TopicDescription AddReplicated(string name, params int[] replicas) => AddReplicated(name, 0, replicas);

    /// <inheritdoc cref="AddReplicated(string, int[])"/>
    public TopicDescription AddReplicated(string name, int leaderEpoch, int[] replicas)
    {
        var topic = new TopicDescription
        {
            Name = name,
            Id = new TopicId(Guid.NewGuid()),
            Partitions = [Partition(0, new BrokerId(replicas[0]), leaderEpoch, [.. replicas.Select(id => new BrokerId(id))])],
            Configs = new Dictionary<string, string>(),
        };
        Put(topic);
        return topic;
    }

    private async Task<TopicCommandResult> Run(object command, Func<ClusterImage, TopicCommandResult> run)
    {
        await Task.Yield();
        lock (_sync)
        {
            Commands.Add(command);
            return Failure is { } failure ? throw failure : Refusal ?? run(_latest);
        }
    }

    private static ClusterImage NewImage() => new()
    {
        Version = 0,
        ClusterId = "a-cluster",
        Controller = new BrokerId(2),
        Brokers = new[] { Broker(1, true), Broker(2, true), Broker(3, false) }
            .ToImmutableSortedDictionary(broker => broker.Id, broker => broker),
    };

    private static BrokerDescription Broker(int id, bool isAlive) =>
        new() { Id = new BrokerId(id), Host = $"host-{id}", Port = 9090 + id, Rack = $"rack-{id}", IsAlive = isAlive };

    private static PartitionDescription Partition(int index, BrokerId leader) => new()
    {
        Partition = index,
        Leader = leader,
        LeaderEpoch = new LeaderEpoch(0),
        PartitionEpoch = new PartitionEpoch(0),
        Replicas = [leader, new BrokerId(3)],
        InSyncReplicas = [leader],
    };

    private static PartitionDescription Partition(int index, BrokerId leader, int leaderEpoch, BrokerId[] replicas) => new()
    {
        Partition = index,
        Leader = leader,
        LeaderEpoch = new LeaderEpoch(leaderEpoch),
        PartitionEpoch = new PartitionEpoch(0),
        Replicas = replicas,
        InSyncReplicas = replicas,
    };

    private static ClusterImage With(ClusterImage image, ImmutableSortedDictionary<string, TopicDescription> topics) => new()
    {
        ClusterId = image.ClusterId,
        Controller = image.Controller,
        Brokers = image.Brokers,
        Topics = topics,
        BrokerConfigs = image.BrokerConfigs,
        GroupConfigs = image.GroupConfigs,
    };
}
