using OrleansStreaming.Cluster.Controller;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using Orleans;
using Orleans.Runtime;

namespace OrleansStreaming.Cluster.Tests.Silos;

/// <summary>Controllers that follow one another.</summary>
public sealed class ControllerTermTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("controller-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_next_controller_goes_on_where_the_last_one_stopped_and_its_versions_are_higher()
    {
        long version;
        int term;
        await using (var first = await TestController.StartAsync(_folder.FullName))
        {
            await first.CreateAsync("a", [1, 2, 3]);
            version = first.Metadata.Current.Version;
            term = first.Metadata.Current.ControllerTerm;
        }

        await using var second = await TestController.StartAsync(_folder.FullName, brokers: 1);
        Assert.True(second.Metadata.Current.Version > version);
        Assert.Equal(term + 1, second.Metadata.Current.ControllerTerm);
        var a = await second.WaitAsync("a", 0, partition => partition.Leader != BrokerId.None);
        Assert.Equal(1, a.Leader.Value);
        Assert.True(a.LeaderEpoch.Value > 0);
    }

    [Fact]
    public async Task A_controller_that_another_has_followed_cannot_write_and_ends()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        var before = cluster.Metadata.Current.ControllerTerm;
        await BeginAnotherTermAsync(cluster);
        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Controller.CreateTopic(new CreateTopicCommand { Name = "a", PartitionCount = 1 }));
        await cluster.Metadata.WaitForVersionAsync((long)(before + 2) << 32, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        var created = await cluster.Controller.CreateTopic(new CreateTopicCommand { Name = "a", PartitionCount = 1 });
        Assert.Equal(OrleansStreaming.Records.Errors.ErrorCode.None, created.Error);
    }

    [Fact]
    public async Task A_controller_that_only_tells_notices_by_itself_that_another_has_followed()
    {
        await using var cluster = await TestController.StartAsync(_folder.FullName);
        var before = cluster.Metadata.Current.ControllerTerm;
        await BeginAnotherTermAsync(cluster);
        await cluster.Metadata.WaitForVersionAsync((long)(before + 2) << 32, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>As another activation would that the directory does not know of.</summary>
    private async Task BeginAnotherTermAsync(TestController cluster)
    {
        var storage = new FileGrainStorage(_folder.FullName, Guid.NewGuid);
        var state = new GrainState<ControllerState>(new ControllerState());
        var id = cluster.Controller.GetGrainId();
        await storage.ReadStateAsync("controller", id, state);
        state.State = state.State! with { Term = state.State!.Term + 1 };
        await storage.WriteStateAsync("controller", id, state);
    }
}
