using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Storage.Indexes;

namespace OrleansStreaming.Storage.Producers;

/// <summary>
/// What the log knows of its producers (KIP-98, KIP-360): checks new batches against it and follows appended ones. Written by the
/// log's writer only; <see cref="Transactions"/> may be read on any thread.
/// </summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerEntry> _producers = [];

    public TransactionWindow Transactions { get; } = new();

    /// <summary>Every batch before it has been applied.</summary>
    public long EndOffset { get; set; }

    public IReadOnlyCollection<ProducerEntry> Entries => _producers.Values;

    public ProducerEntry? Find(long producerId) => _producers.GetValueOrDefault(producerId);

    /// <summary>Where each producer's last data ends, for compaction.</summary>
    public Dictionary<long, ProducerTail> Tails() =>
        _producers.Values.ToDictionary(x => x.ProducerId, x => new ProducerTail(x.Last?.LastOffset ?? -1, x.Epoch));

    /// <summary>Checks a batch that a leader is about to append, as Kafka does; changes nothing.</summary>
    /// <param name="marker">The control record, when the batch is one.</param>
    public ProducerVerdict Check(in BatchHeader header, BatchOrigin origin, EndTransactionMarker? marker)
    {
        if (!header.HasProducerId || !_producers.TryGetValue(header.ProducerId, out var entry))
        {
            // An unknown producer may begin anywhere: its earlier records may have been deleted.
            return ProducerVerdict.Accepted;
        }

        if (origin == BatchOrigin.Client && entry.FindDuplicate(header) is { } duplicate)
        {
            return ProducerVerdict.DuplicateOf(duplicate);
        }

        if (header.ProducerEpoch < entry.Epoch)
        {
            return ProducerVerdict.Refuse(
                ErrorCode.InvalidProducerEpoch,
                $"Producer {header.ProducerId} has epoch {entry.Epoch}; epoch {header.ProducerEpoch} is fenced.");
        }

        if (header.IsControl)
        {
            return marker is { } end && end.CoordinatorEpoch < entry.CoordinatorEpoch
                ? ProducerVerdict.Refuse(
                    ErrorCode.TransactionCoordinatorFenced,
                    $"Coordinator epoch {end.CoordinatorEpoch} of producer {header.ProducerId} is older than {entry.CoordinatorEpoch}.")
                : ProducerVerdict.Accepted;
        }

        if (origin == BatchOrigin.Client && !IsInSequence(entry, header))
        {
            return ProducerVerdict.Refuse(
                ErrorCode.OutOfOrderSequenceNumber,
                $"Producer {header.ProducerId} sent sequence {header.BaseSequence} of epoch {header.ProducerEpoch} after sequence {entry.LastSequence} of epoch {entry.Epoch}.");
        }

        return entry.TransactionFirstOffset >= 0 && !header.IsTransactional
            ? ProducerVerdict.Refuse(
                ErrorCode.InvalidTxnState,
                $"Producer {header.ProducerId} has an open transaction; a batch outside of it is not allowed.")
            : ProducerVerdict.Accepted;
    }

    /// <summary>Follows a batch that is in the log; answers the transaction it aborted, if any.</summary>
    public AbortedTransactionEntry? Apply(in BatchHeader header, EndTransactionMarker? marker)
    {
        EndOffset = header.NextOffset;
        if (!header.HasProducerId || (header.IsControl && marker is null))
        {
            return null;
        }

        if (!_producers.TryGetValue(header.ProducerId, out var entry))
        {
            _producers.Add(header.ProducerId, entry = new ProducerEntry(header.ProducerId));
        }

        if (marker is { } end)
        {
            return EndTransaction(entry, header, end);
        }

        entry.Add(header.ProducerEpoch, new RecentBatch(header.LastSequence, header.LastOffset, header.LastOffsetDelta, header.MaxTimestamp));
        if (header.IsTransactional && entry.TransactionFirstOffset < 0)
        {
            entry.TransactionFirstOffset = header.BaseOffset;
            Transactions.Begin(header.ProducerId, header.BaseOffset);
        }

        return null;
    }

    /// <summary>Takes over a producer from a snapshot.</summary>
    public void Load(ProducerEntry entry)
    {
        _producers[entry.ProducerId] = entry;
        if (entry.TransactionFirstOffset >= 0)
        {
            Transactions.Begin(entry.ProducerId, entry.TransactionFirstOffset);
        }
    }

    /// <summary>Forgets producers that have been silent too long (<c>producer.id.expiration.ms</c>) and have nothing open.</summary>
    public void RemoveExpired(long now, long expirationMs)
    {
        foreach (var (id, entry) in _producers)
        {
            if (IsExpired(entry, now, expirationMs))
            {
                _producers.Remove(id);
            }
        }
    }

    public static bool IsExpired(ProducerEntry entry, long now, long expirationMs) =>
        entry.TransactionFirstOffset < 0 && now - entry.LastTimestamp >= expirationMs;

    public void Clear(long endOffset)
    {
        _producers.Clear();
        Transactions.Clear();
        EndOffset = endOffset;
    }

    private AbortedTransactionEntry? EndTransaction(ProducerEntry entry, in BatchHeader header, EndTransactionMarker marker)
    {
        var first = entry.TransactionFirstOffset;
        entry.ChangeEpoch(header.ProducerEpoch);
        entry.CoordinatorEpoch = marker.CoordinatorEpoch;
        entry.LastTimestamp = header.MaxTimestamp;
        entry.TransactionFirstOffset = -1;
        if (first < 0)
        {
            return null;
        }

        var lastStable = Transactions.End(first, header.BaseOffset);
        return !marker.IsCommit ? new AbortedTransactionEntry(entry.ProducerId, first, header.BaseOffset, lastStable) : null;
    }

    private static bool IsInSequence(ProducerEntry entry, in BatchHeader header)
    {
        if (header.ProducerEpoch != entry.Epoch)
        {
            return header.BaseSequence == 0 || entry.Epoch == BatchHeader.NoProducerEpoch;
        }

        return entry.Epoch == BatchHeader.NoProducerEpoch
            || header.BaseSequence == BatchHeader.AddToSequence(entry.LastSequence, 1);
    }
}
