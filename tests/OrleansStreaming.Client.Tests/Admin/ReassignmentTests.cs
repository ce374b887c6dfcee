using OrleansStreaming.Client.Tests.Support;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Tests.Admin;

[Collection(BrokerCollection.Name)]
public sealed class ReassignmentTests(BrokerFixture broker)
{
    [Fact]
    public async Task MovesAndElectionsAreAskedOfTheController()
    {
        var admin = broker.Cluster.Admin;
        var partition = new TopicPartition(await broker.NewTopicAsync(1), 0);
        await admin.ReassignPartitionsAsync(new Dictionary<TopicPartition, IReadOnlyList<BrokerId>?> { [partition] = [new BrokerId(1)] });
        await admin.ElectLeadersAsync([partition]);
        Assert.DoesNotContain(await admin.ListReassignmentsAsync(), move => move.Partition == partition);

        var refused = await Assert.ThrowsAsync<RequestRefusedException>(() => admin.ReassignPartitionsAsync(
            new Dictionary<TopicPartition, IReadOnlyList<BrokerId>?> { [partition] = [new BrokerId(7)] }));
        Assert.Contains(partition.ToString(), refused.Message);
        await Assert.ThrowsAsync<UnknownTopicException>(() => admin.ElectLeadersAsync([new TopicPartition("nowhere", 0)]));
    }
}
