using Orleans;

namespace OrleansStreaming.Client.Tests.Serialization;

/// <summary>A value as applications pass it between grains.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.Client.Tests.Basket")]
public sealed class Basket
{
    [Id(0)] public string Owner { get; init; } = "";

    [Id(1)] public string[] Items { get; init; } = [];

    [Id(2)] public byte[] Picture { get; init; } = [];
}
