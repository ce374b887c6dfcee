using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Producers;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>Producer ids for this process, taken from the cluster in blocks; a block's rest is lost with the process. Any thread.</summary>
internal sealed class ProducerIds(ClusterLink link)
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
                var block = await link.CallAsync(
                    () => link.Grains.GetGrain<IProducerIdGrain>(IProducerIdGrain.Key).AllocateBlock(), cancellationToken).ConfigureAwait(false);
                (_next, _end) = (block.First.Value, block.First.Value + block.Count);
            }

            return new ProducerId(_next++);
        }
        finally
        {
            _turn.Release();
        }
    }
}
