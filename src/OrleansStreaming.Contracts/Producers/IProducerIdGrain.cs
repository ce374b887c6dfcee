using Orleans;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Producers;

/// <summary>Hands out blocks of producer ids, each id once in the life of the cluster. Key: <see cref="Key"/>.</summary>
[Alias("OrleansStreaming.IProducerIdGrain")]
public interface IProducerIdGrain : IGrainWithStringKey
{
    public const string Key = "producer-ids";

    /// <summary>A block that is written down as used before it is answered.</summary>
    [Alias("AllocateBlock")]
    Task<ProducerIdBlock> AllocateBlock();
}

/// <summary>Producer ids from <see cref="First"/> on, <see cref="Count"/> of them.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.ProducerIdBlock")]
public sealed class ProducerIdBlock
{
    [Id(0)] public required ProducerId First { get; init; }

    [Id(1)] public required int Count { get; init; }
}
