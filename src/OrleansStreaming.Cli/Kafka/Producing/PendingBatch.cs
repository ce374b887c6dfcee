using System.Runtime.InteropServices;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Kafka.Producing;

/// <summary>Records that travel together, and those who wait for them. For one thread at a time; the outcome is told once.</summary>
internal sealed class PendingBatch(BatchOptions options) : IDisposable
{
    private readonly BatchBuilder _builder = new(options);
    private readonly List<TaskCompletionSource<RecordPlace>> _waiting = [];
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Count => _builder.Count;

    /// <summary>What its records took of the budget.</summary>
    public long Reserved { get; private set; }

    /// <summary>Completes when no more records are taken.</summary>
    public Task Full => _full.Task;

    public bool HasRoomFor(OutgoingRecord record, int batchSize) => _builder.Count == 0
        || _builder.SizeInBytes + BatchBuilder.UpperBoundOf(record.Key?.Length ?? 0, record.Value?.Length ?? 0, record.Size, record.Headers.Count) <= batchSize;

    public Task<RecordPlace> Append(OutgoingRecord record, long timestamp, long reserved)
    {
        var headers = record.Headers.Count == 0 ? [] : record.Headers.ToArray();
        _builder.Append(timestamp, record.Key, record.Value, headers);
        Reserved += reserved;
        var waiting = new TaskCompletionSource<RecordPlace>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(waiting);
        return waiting.Task;
    }

    public void Close() => _full.TrySetResult();

    public ReadOnlyMemory<byte> Build() => _builder.Build();

    /// <param name="baseOffset">The first record's offset; -1 when nobody said.</param>
    public void Succeed(TopicPartition partition, long baseOffset)
    {
        var delta = 0;
        foreach (var waiting in CollectionsMarshal.AsSpan(_waiting))
        {
            waiting.SetResult(new RecordPlace(partition, new Offset(baseOffset < 0 ? -1 : baseOffset + delta++)));
        }
    }

    public void Fail(Exception failure)
    {
        foreach (var waiting in CollectionsMarshal.AsSpan(_waiting))
        {
            waiting.SetException(failure);
        }
    }

    public void Dispose() => _builder.Dispose();
}
