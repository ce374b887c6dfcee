using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

internal sealed partial class ConsumerSession
{
    /// <summary>Begins to read partitions at the positions given; the listener is asked first.</summary>
    public Task AddAsync(IReadOnlyDictionary<TopicPartition, Offset> positions, CancellationToken cancellationToken) =>
        AddAsync(positions, static (_, _) => null, cancellationToken);

    private async Task AddAsync(
        IReadOnlyDictionary<TopicPartition, Offset> positions, Func<TopicPartition, Offset, KeyedPartition?> newKeyed, CancellationToken cancellationToken)
    {
        try
        {
            await HoldAsync(Options.MaxProcessingTime, cancellationToken).ConfigureAwait(false);
            var added = new List<(PartitionState State, CancellationToken Stop)>();
            lock (_gate)
            {
                foreach (var (partition, position) in positions)
                {
                    if (_assigned.ContainsKey(partition))
                    {
                        continue;
                    }

                    var state = new PartitionState(partition, _laterSeeks.Remove(partition, out var sought) ? sought : position)
                    {
                        Keyed = newKeyed(partition, position),
                    };
                    var stop = new CancellationTokenSource();
                    _assigned.Add(partition, (state, stop));
                    added.Add((state, stop.Token));
                }

                Reorder();
            }

            if (listener is not null)
            {
                await listener.OnAssignedAsync([.. added.Select(entry => entry.State.Partition)], cancellationToken).ConfigureAwait(false);
            }

            foreach (var (state, stop) in added)
            {
                _ = Task.Run(() => new PartitionFetcher(this, state, _logger).RunAsync(stop), CancellationToken.None);
            }
        }
        finally
        {
            Release();
        }
    }

    /// <summary>
    /// Stops reading partitions. Given up in time, what is processed is committed first, unless commits are manual, and the listener
    /// is told that they are revoked; else that they are lost.
    /// </summary>
    public async Task RemoveAsync(IReadOnlyCollection<TopicPartition> partitions, bool isLost, CancellationToken cancellationToken)
    {
        if (partitions.Count == 0)
        {
            return;
        }

        try
        {
            isLost |= !await HoldAsync(isLost ? TimeSpan.Zero : Options.MaxProcessingTime, cancellationToken).ConfigureAwait(false);
            if (!isLost && Options.CommitMode != CommitMode.Manual && Offsets is not null)
            {
                await CommitQuietlyAsync(cancellationToken).ConfigureAwait(false);
            }

            if (listener is not null)
            {
                await (isLost ? listener.OnLostAsync(partitions, cancellationToken) : listener.OnRevokedAsync(partitions, cancellationToken)).ConfigureAwait(false);
            }
        }
        finally
        {
            Drop(partitions);
            Release();
        }
    }

    /// <summary>The consumer is closed: gives everything up without waiting for the application, which may be the one that closes it.</summary>
    public async Task CloseAsync()
    {
        if (Offsets is not null && Options.CommitMode != CommitMode.Manual)
        {
            await CommitQuietlyAsync(CancellationToken.None).ConfigureAwait(false);
        }

        var partitions = Assignment;
        Drop(partitions);
        if (listener is not null && partitions.Count > 0)
        {
            await listener.OnRevokedAsync(partitions, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void Drop(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_assigned.Remove(partition, out var entry))
                {
                    entry.State.IsRevoked = true;
                    entry.State.Version++;
                    entry.State.Clear();
                    entry.Stop.Cancel();
                }
            }

            Reorder();
            foreach (var (state, _) in _assigned.Values)
            {
                // There is more room for each.
                state.FetchSignal.Set();
            }
        }
    }

    private void Reorder()
    {
        _order = [.. _assigned.Values.Select(entry => entry.State)];
        _turn = 0;
    }
}
