using System.Collections.Immutable;
using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>A topic grain beside which another activation has written.</summary>
public sealed class SecondActivationTests : IDisposable
{
    private static readonly TopicId _other = new(Guid.Parse("00000000-0000-4000-8000-00000000000a"));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("second-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_topic_that_it_has_not_heard_of_is_deleted_all_the_same()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        var grain = cluster.Grains.GetGrain<ITopicGrain>("a");
        Assert.Equal(ErrorCode.UnknownTopicId, (await grain.Describe(_other)).Error);
        await WriteBesideAsync(grain);
        await grain.Delete(_other);
        Assert.Equal(Guid.Empty, (await ReadAsync(grain)).State!.Id);
    }

    [Fact]
    public async Task A_topic_that_it_has_not_heard_of_is_described()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        var grain = cluster.Grains.GetGrain<ITopicGrain>("a");
        Assert.Equal(ErrorCode.UnknownTopicId, (await grain.Describe(_other)).Error);
        await WriteBesideAsync(grain);
        Assert.Equal(_other, (await grain.Describe(_other)).Topic!.Id);
    }

    [Fact]
    public async Task A_deleted_topic_whose_creation_came_late_does_not_keep_the_name()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        var grain = cluster.Grains.GetGrain<ITopicGrain>("a");
        await WriteBesideAsync(grain);
        var created = await cluster.CreateAsync("a", [1, 2]);
        Assert.NotEqual(_other, created.Id);
        Assert.Equal(created.Id.Value, (await ReadAsync(grain)).State!.Id);
        Assert.Equal([(1, _other), (2, _other), (3, _other)], cluster.Told.Dropped.OrderBy(drop => drop.Broker));
        Assert.Equal(ErrorCode.None, (await cluster.Controller.DeleteTopic(new DeleteTopicCommand { Name = "a" })).Error);
    }

    private async Task WriteBesideAsync(ITopicGrain grain)
    {
        var state = await ReadAsync(grain);
        state.State = new TopicState
        {
            Name = "a",
            Id = _other.Value,
            Version = 1,
            Configs = ImmutableDictionary<string, string>.Empty,
            Partitions = [PartitionElection.Create([1, 2], LivingBrokers.None)],
        };
        await Storage.WriteStateAsync("topic", grain.GetGrainId(), state);
    }

    private async Task<GrainState<TopicState>> ReadAsync(ITopicGrain grain)
    {
        var state = new GrainState<TopicState>(new TopicState());
        await Storage.ReadStateAsync("topic", grain.GetGrainId(), state);
        return state;
    }

    private FileGrainStorage Storage => new(_folder.FullName, Guid.NewGuid);
}
