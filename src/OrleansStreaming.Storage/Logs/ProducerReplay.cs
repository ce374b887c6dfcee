using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Segments;

namespace OrleansStreaming.Storage.Logs;

/// <summary>Brings producer state from a snapshot up to the log's end by the headers of the batches in between.</summary>
internal static class ProducerReplay
{
    private const int WindowBytes = 64 * 1024;

    public static void Run(LogState state, ProducerStates producers)
    {
        var window = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
        {
            for (var i = state.IndexOf(producers.EndOffset); i < state.Segments.Length; i++)
            {
                Run(state.Segments[i], state.EndOf(i), producers, window);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }

        producers.EndOffset = state.End;
    }

    private static void Run(Segment segment, int end, ProducerStates producers, byte[] window)
    {
        if (segment.Locate(producers.EndOffset, end) is not { } first)
        {
            return;
        }

        var walk = new BatchWalk(segment.Log.Get(), first.Position, end, window);
        while (walk.MoveNext())
        {
            var marker = walk.Header.IsControl ? ReadMarker(segment, walk.Position, walk.Header) : null;
            if (producers.Apply(walk.Header, marker) is { } aborted)
            {
                segment.TransactionIndex.Append(aborted);
            }
        }
    }

    private static EndTransactionMarker? ReadMarker(Segment segment, int position, in BatchHeader header)
    {
        Span<byte> prefix = stackalloc byte[(int)Math.Min(ControlBatch.PrefixBytes, header.SizeInBytes)];
        var read = segment.Log.Get().ReadFully(position, prefix);
        return read < prefix.Length ? null : ControlBatch.ReadMarker(header, prefix);
    }
}
