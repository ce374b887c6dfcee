using Orleans;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Serialization;

// The ids live in Records, which knows no Orleans: these surrogates are how they travel in grain messages.

[GenerateSerializer, Alias("OrleansStreaming.Offset")]
public struct OffsetSurrogate
{
    [Id(0)] public long Value;
}

[RegisterConverter]
public sealed class OffsetConverter : IConverter<Offset, OffsetSurrogate>
{
    public Offset ConvertFromSurrogate(in OffsetSurrogate surrogate) => new(surrogate.Value);

    public OffsetSurrogate ConvertToSurrogate(in Offset value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("OrleansStreaming.LeaderEpoch")]
public struct LeaderEpochSurrogate
{
    [Id(0)] public int Value;
}

[RegisterConverter]
public sealed class LeaderEpochConverter : IConverter<LeaderEpoch, LeaderEpochSurrogate>
{
    public LeaderEpoch ConvertFromSurrogate(in LeaderEpochSurrogate surrogate) => new(surrogate.Value);

    public LeaderEpochSurrogate ConvertToSurrogate(in LeaderEpoch value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("OrleansStreaming.PartitionEpoch")]
public struct PartitionEpochSurrogate
{
    [Id(0)] public int Value;
}

[RegisterConverter]
public sealed class PartitionEpochConverter : IConverter<PartitionEpoch, PartitionEpochSurrogate>
{
    public PartitionEpoch ConvertFromSurrogate(in PartitionEpochSurrogate surrogate) => new(surrogate.Value);

    public PartitionEpochSurrogate ConvertToSurrogate(in PartitionEpoch value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("OrleansStreaming.BrokerId")]
public struct BrokerIdSurrogate
{
    [Id(0)] public int Value;
}

[RegisterConverter]
public sealed class BrokerIdConverter : IConverter<BrokerId, BrokerIdSurrogate>
{
    public BrokerId ConvertFromSurrogate(in BrokerIdSurrogate surrogate) => new(surrogate.Value);

    public BrokerIdSurrogate ConvertToSurrogate(in BrokerId value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("OrleansStreaming.ProducerId")]
public struct ProducerIdSurrogate
{
    [Id(0)] public long Value;
}

[RegisterConverter]
public sealed class ProducerIdConverter : IConverter<ProducerId, ProducerIdSurrogate>
{
    public ProducerId ConvertFromSurrogate(in ProducerIdSurrogate surrogate) => new(surrogate.Value);

    public ProducerIdSurrogate ConvertToSurrogate(in ProducerId value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("OrleansStreaming.TopicId")]
public struct TopicIdSurrogate
{
    [Id(0)] public Guid Value;
}

[RegisterConverter]
public sealed class TopicIdConverter : IConverter<TopicId, TopicIdSurrogate>
{
    public TopicId ConvertFromSurrogate(in TopicIdSurrogate surrogate) => new(surrogate.Value);

    public TopicIdSurrogate ConvertToSurrogate(in TopicId value) => new() { Value = value.Value };
}

[GenerateSerializer, Alias("OrleansStreaming.TopicPartition")]
public struct TopicPartitionSurrogate
{
    [Id(0)] public string Topic;

    [Id(1)] public int Partition;
}

[RegisterConverter]
public sealed class TopicPartitionConverter : IConverter<TopicPartition, TopicPartitionSurrogate>
{
    public TopicPartition ConvertFromSurrogate(in TopicPartitionSurrogate surrogate) => new(surrogate.Topic, surrogate.Partition);

    public TopicPartitionSurrogate ConvertToSurrogate(in TopicPartition value) => new() { Topic = value.Topic, Partition = value.Partition };
}
