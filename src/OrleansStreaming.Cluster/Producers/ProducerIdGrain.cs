using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Contracts.Producers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Producers;

/// <summary>Hands out producer ids in blocks, each written as used before it is given: a crash wastes ids, it never repeats them.</summary>
[GrainType("producer-ids")]
internal sealed class ProducerIdGrain([PersistentState("producer-ids")] IPersistentState<ProducerIdState> storage) : Grain, IProducerIdGrain
{
    /// <summary>As Kafka's blocks: a write per thousand producers.</summary>
    private const int BlockSize = 1000;

    public async Task<ProducerIdBlock> AllocateBlock()
    {
        var first = storage.State.Next;
        await storage.WriteAsync(new ProducerIdState { Next = checked(first + BlockSize) }, this);
        return new ProducerIdBlock { First = new ProducerId(first), Count = BlockSize };
    }
}

/// <summary>What the producer id grain writes down.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ProducerIdState")]
public sealed record ProducerIdState
{
    /// <summary>The first id never given.</summary>
    [Id(0)] public long Next { get; init; }
}
