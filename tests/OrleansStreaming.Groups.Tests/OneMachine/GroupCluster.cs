using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using OrleansStreaming.Cluster.Hosting;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Hosting;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Hosting;

namespace OrleansStreaming.Groups.Tests.OneMachine;

/// <summary>Several brokers with coordinators in this process, each a silo of its own, over real connections.</summary>
internal sealed class GroupCluster : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("groups").FullName;
    private readonly Dictionary<int, IHost> _brokers = [];

    /// <summary>Three brokers, a topic "t" of four partitions, and an offsets topic of one.</summary>
    public static async Task<GroupCluster> StartAsync()
    {
        var cluster = new GroupCluster();
        for (var id = 1; id <= 3; id++)
        {
            await cluster.StartAsync(id);
        }

        await cluster.UntilAsync(image => image.Brokers.Values.Count(broker => broker.IsAlive) == 3);
        await cluster.CreateAsync(new CreateTopicCommand { Name = "t", PartitionCount = 4, ReplicationFactor = 3 });
        await cluster.CreateAsync(new CreateTopicCommand
        {
            Name = OffsetsTopic.Name,
            IsInternal = true,
            PartitionCount = 1,
            ReplicationFactor = 3,
            Configs = new Dictionary<string, string> { ["min.insync.replicas"] = "2" },
        });
        return cluster;
    }

    public TopicId Topic => Image(_brokers.Keys.First()).Topics["t"].Id;

    public int Coordinator => Image(_brokers.Keys.First()).Topics[OffsetsTopic.Name].Partitions[0].Leader.Value;

    /// <summary>Asks the group's coordinator as clients do: until one answers that is it.</summary>
    public async Task<T> AskAsync<T>(string group, Func<IGroupGrain, Task<T>> question, Func<T, ErrorCode> errorOf)
    {
        using var limit = new CancellationTokenSource(_patience);
        while (true)
        {
            if (_brokers.TryGetValue(Coordinator, out var broker) && await TryAsync(broker, group, question) is { } answer
                && errorOf(answer) is not (ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable))
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }
    }

    /// <summary>What one broker says, coordinator or not.</summary>
    public Task<GroupIdsResult> ListAsync(int broker) =>
        Service<IGrainFactory>(_brokers[broker]).GetGrain<IGroupPartitionGrain>(new GroupPartitionKey(0, new BrokerId(broker)).ToString()).List();

    public async Task StartAsync(int id)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleans(silo =>
        {
            silo.UseSharedDirectoryClustering(Path.Combine(_folder, "silos"));
            silo.Configure<SiloOptions>(options => options.SiloName = BrokerSilos.NameOf(new BrokerId(id)));
            silo.Configure<BrokerOptions>(options =>
            {
                options.BrokerId = id;
                options.AdvertisedPort = 9091 + id;
                options.DataDirectory = Path.Combine(_folder, $"data-{id}");
                options.Configs = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0" };
            });
            silo.AddFileGrainStorageAsDefault(Path.Combine(_folder, "state"));
            silo.AddOrleansStreamingCluster();
            silo.AddOrleansStreamingReplication();
            silo.AddOrleansStreamingGroups();
        });
        _brokers[id] = builder.Build();
        await _brokers[id].StartAsync();
    }

    public async Task StopAsync(int id)
    {
        _brokers.Remove(id, out var host);
        await host!.StopAsync();
        host.Dispose();
    }

    /// <summary>Ends a broker as a killed process leaves its directories.</summary>
    public void Kill(int id)
    {
        _brokers.Remove(id, out var host);
        host!.Dispose();
    }

    /// <summary>Not in good order: the last ones would look for somebody to hand over to.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var id in _brokers.Keys.ToArray())
        {
            Kill(id);
        }

        // What a killed broker was just writing may still appear.
        using var limit = new CancellationTokenSource(_patience);
        while (Directory.Exists(_folder))
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
            }
        }
    }

    private static T Service<T>(IHost broker)
        where T : notnull => broker.Services.GetRequiredService<T>();

    private static async Task<T?> TryAsync<T>(IHost broker, string group, Func<IGroupGrain, Task<T>> question)
    {
        var id = new BrokerId(Service<IOptions<BrokerOptions>>(broker).Value.BrokerId);
        try
        {
            return await question(Service<IGrainFactory>(broker).GetGrain<IGroupGrain>(new GroupKey(group, id).ToString()));
        }
        catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
        {
            return default;
        }
    }

    private ClusterImage Image(int id) => Service<IClusterMetadata>(_brokers[id]).Current;

    private async Task CreateAsync(CreateTopicCommand command)
    {
        var result = await Service<IGrainFactory>(_brokers[1]).GetGrain<IControllerGrain>(IControllerGrain.Key).CreateTopic(command);
        Assert.Equal(ErrorCode.None, result.Error);
        await UntilAsync(image => image.Topics.ContainsKey(command.Name));
    }

    private async Task UntilAsync(Func<ClusterImage, bool> isAsWanted)
    {
        using var limit = new CancellationTokenSource(_patience);
        foreach (var broker in _brokers.Values)
        {
            var metadata = Service<IClusterMetadata>(broker);
            while (metadata.Current is var image && !isAsWanted(image))
            {
                await metadata.WaitForVersionAsync(image.Version + 1, limit.Token);
            }
        }
    }
}
