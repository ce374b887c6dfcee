namespace OrleansStreaming.Client.Producing;

/// <summary>
/// The partition of records without a key, for one topic. Sticky changes after a batch's worth of bytes (KIP-794), to a partition
/// chosen by chance; round-robin takes each in turn. Any thread; races only make a batch a little larger or smaller.
/// </summary>
internal sealed class KeylessChoice(KeylessPartitioning kind, int batchSize, Random chance)
{
    private int _current = -1;
    private int _bytes;

    public int Next(int partitionCount, int recordBytes)
    {
        if (kind == KeylessPartitioning.RoundRobin)
        {
            return (int)((uint)Interlocked.Increment(ref _current) % (uint)partitionCount);
        }

        var current = Volatile.Read(ref _current);
        if (current < 0 || current >= partitionCount || Interlocked.Add(ref _bytes, recordBytes) > batchSize)
        {
            var next = chance.Next(partitionCount);
            current = partitionCount > 1 && next == current ? (next + 1) % partitionCount : next;
            Volatile.Write(ref _current, current);
            Volatile.Write(ref _bytes, recordBytes);
        }

        return current;
    }
}
