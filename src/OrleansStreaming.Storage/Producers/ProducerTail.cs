namespace OrleansStreaming.Storage.Producers;

/// <summary>Where a producer's last data ends, -1 when only its epoch is known.</summary>
internal readonly record struct ProducerTail(long LastDataOffset, short Epoch);
