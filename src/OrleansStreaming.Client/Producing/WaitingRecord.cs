using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>A record that waits for room in the buffer, with bytes of its own.</summary>
internal sealed class WaitingRecord(
    PartitionSender sender, long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, Headers headers, int size) : IWaitingRecord
{
    private readonly TaskCompletionSource<Delivery> _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Bytes => size;

    public Task<Delivery> Delivery => _entered.Task;

    public TopicPartition Partition => sender.Partition;

    Task IWaitingRecord.Entered => _entered.Task;

    public void Enter()
    {
        var (batch, token) = sender.Append(timestamp, key, value, headers.Span, size);
        _entered.TrySetResult(new Delivery(sender.Partition, new ValueTask<ProduceResult>(batch, token)));
    }
}
