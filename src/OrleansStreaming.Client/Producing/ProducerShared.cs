using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Client.Producing;

/// <summary>What the partitions of one producer share.</summary>
internal sealed class ProducerShared(ClusterLink link, ProducerIds ids, ProducerOptions options)
{
    private volatile bool _isClosed;

    public ClusterLink Link { get; } = link;

    public ProducerIds Ids { get; } = ids;

    public ProducerOptions Options { get; } = options;

    public BufferBudget Budget { get; } = new(options.BufferMemory);

    public BatchOptions BatchOptions { get; } = new() { Compression = options.Compression, CompressionLevel = options.CompressionLevel };

    public RequiredAcks Acks { get; } = options.Acks switch
    {
        Acknowledgement.None => RequiredAcks.None,
        Acknowledgement.Leader => RequiredAcks.Leader,
        _ => RequiredAcks.All,
    };

    public bool IsClosed => _isClosed;

    public void Close() => _isClosed = true;
}
