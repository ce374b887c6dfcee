using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>A group's write as the records it becomes, waiting for its place in a batch.</summary>
internal sealed class EncodedWrite
{
    private readonly List<(byte[] Key, byte[]? Value)> _records = [];
    private readonly TaskCompletionSource<ErrorCode> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="OverflowException">A text is longer than the schemas can say.</exception>
    public EncodedWrite(GroupWrite write)
    {
        Write = write;
        foreach (var entry in write.Offsets)
        {
            Add(new RecordKey(write.GroupId, entry.Partition).Write(), entry.Value is null ? null : OffsetSchema.Write(entry.Value));
        }

        if (write.MetadataChange is not GroupMetadataChange.None)
        {
            Add(new RecordKey(write.GroupId, null).Write(), write.MetadataChange is GroupMetadataChange.Put ? GroupMetadataSchema.Write(write.Metadata!) : null);
        }

        foreach (var record in write.Records)
        {
            Add(record.Key, record.Value);
        }
    }

    public GroupWrite Write { get; }

    /// <summary>Bytes in a batch, at most.</summary>
    public int Size { get; private set; }

    public Task<ErrorCode> Outcome => _outcome.Task;

    public void AppendTo(BatchBuilder batch, long timestamp)
    {
        foreach (var (key, value) in _records)
        {
            batch.Append(timestamp, key, value);
        }
    }

    public void Complete(ErrorCode error) => _outcome.TrySetResult(error);

    private void Add(byte[] key, byte[]? value)
    {
        _records.Add((key, value));
        Size += BatchBuilder.UpperBoundOf(key.Length, value?.Length ?? 0, 0, 0);
    }
}
