using System.Runtime.CompilerServices;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Storage.Producers;

/// <summary>One of a producer's last batches, remembered to answer a retry with the offset it got the first time.</summary>
internal readonly record struct RecentBatch(int LastSequence, long LastOffset, int OffsetDelta, long Timestamp)
{
    public int FirstSequence => BatchHeader.AddToSequence(LastSequence, -OffsetDelta);

    public long FirstOffset => LastOffset - OffsetDelta;
}

/// <summary>As many as an idempotent producer may have in flight (<c>max.in.flight.requests.per.connection</c> ≤ 5).</summary>
[InlineArray(Capacity)]
internal struct RecentBatches
{
    public const int Capacity = 5;

    private RecentBatch _first;
}
