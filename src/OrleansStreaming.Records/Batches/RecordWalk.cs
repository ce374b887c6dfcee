using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>Parses every record of a batch, in pieces as they come, and shows each to the checks.</summary>
internal static class RecordWalk
{
    /// <summary>The walk saw all records and no bytes were left over.</summary>
    internal const int Complete = -1;

    /// <summary>
    /// Answers <see cref="Complete"/>, or the index of the record that does not parse; the batch's count when bytes follow the
    /// last record.
    /// </summary>
    internal static int Run<TSource>(ref TSource source, int recordCount, ref RecordChecks checks)
        where TSource : struct, IChunkSource
    {
        scoped ReadOnlySpan<byte> chunk = default;
        for (int index = 0; index < recordCount; index++)
        {
            RecordLayout record;
            if (Zigzag.TryRead(chunk, out int length, out int taken) && (uint)length <= (uint)(chunk.Length - taken))
            {
                SpanCursor cursor = new(chunk.Slice(taken, length));
                if (!RecordLayout.TryParse(ref cursor, length, out record))
                {
                    return index;
                }

                chunk = chunk[(taken + length)..];
            }
            else
            {
                ChunkCursor<TSource> cursor = new(ref source, chunk);
                if (!cursor.TryBegin(out length) || !RecordLayout.TryParse(ref cursor, length, out record))
                {
                    return index;
                }

                chunk = cursor.Rest;
            }

            checks.Check(index, record);
        }

        return chunk.IsEmpty && !source.TryNext(out _) ? Complete : recordCount;
    }
}
