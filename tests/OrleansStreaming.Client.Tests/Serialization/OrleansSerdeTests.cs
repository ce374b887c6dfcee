using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansStreaming.Client.Serialization;
using OrleansStreaming.Client.Tests.Support;

namespace OrleansStreaming.Client.Tests.Serialization;

[Collection(BrokerCollection.Name)]
public sealed class OrleansSerdeTests(BrokerFixture broker)
{
    [Theory]
    [InlineData(3)]
    [InlineData(20_000)]
    public async Task ValuesOfGrainCallsAreRecordsToo(int payload)
    {
        var serde = Serdes.OfOrleans<Basket>(broker.Cluster.Services.GetRequiredService<Serializer>());
        var topic = await broker.NewTopicAsync(1);
        var sent = new Basket { Owner = "ann", Items = ["apple", "pear"], Picture = [.. Enumerable.Range(0, payload).Select(i => (byte)i)] };
        await using var producer = broker.Client.CreateProducer<string, Basket>(options => options.ValueSerializer = serde);
        await producer.ProduceAsync(topic, "k", sent);

        await using var consumer = broker.Client.CreateConsumer<string, Basket>(options =>
        {
            options.Topics.Add(topic);
            options.OffsetReset = OffsetReset.Earliest;
            options.ValueDeserializer = serde;
        });
        var read = (await consumer.TakeAsync(1)).Single().Value!;
        Assert.Equal("ann", read.Owner);
        Assert.Equal(sent.Items, read.Items);
        Assert.Equal(sent.Picture, read.Picture);
    }
}
