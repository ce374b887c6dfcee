using Orleans;
using OrleansStreaming.Contracts.Producers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Producers;

/// <summary>Producer ids for this broker's clients, taken from the cluster in blocks; a block's rest is lost with the process.</summary>
internal sealed class ProducerIds(IGrainFactory grains) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _next;
    private long _end;

    public async Task<ProducerId> NextAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_next == _end)
            {
                var block = await grains.GetGrain<IProducerIdGrain>(IProducerIdGrain.Key).AllocateBlock().ConfigureAwait(false);
                (_next, _end) = (block.First.Value, block.First.Value + block.Count);
            }

            return new ProducerId(_next++);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
