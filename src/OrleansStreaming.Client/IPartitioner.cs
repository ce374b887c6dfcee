namespace OrleansStreaming.Client;

/// <summary>Chooses the partition of a record that names none. Called for each such record, from any thread: quick, without locks.</summary>
public interface IPartitioner
{
    /// <summary>A partition from 0 to <paramref name="partitionCount"/> - 1.</summary>
    /// <param name="topic">The record's topic.</param>
    /// <param name="key">The serialized key; empty for an empty key and for none.</param>
    /// <param name="hasKey">False for a null key.</param>
    /// <param name="partitionCount">Partitions of the topic now, at least 1; may grow.</param>
    int Choose(string topic, ReadOnlySpan<byte> key, bool hasKey, int partitionCount);
}
