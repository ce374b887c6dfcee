using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using OrleansStreaming.Contracts.Replication;

namespace OrleansStreaming.Replication.Links;

/// <summary>
/// Gives the arrays of a message that came from another broker to the shared pool, from which the next messages' may come. Without
/// it a follower's memory is fresh for every message: each array is a large object, which only full collections free.
/// </summary>
/// <remarks>
/// A message that crossed a connection is its receiver's alone, down to the arrays. Arrays of a length that the pool does not
/// have, as Microsoft Orleans makes them, are left to the garbage collector.
/// </remarks>
internal static class ReceivedRecords
{
    private const int SmallestPooled = 64 * 1024;

    /// <summary>Nobody may look at the parts' records afterwards.</summary>
    public static void Recycle(ReplicateRequest request)
    {
        foreach (var part in request.Parts)
        {
            if (MemoryMarshal.TryGetArray(part.Records, out var records)
                && records is { Offset: 0, Array: { Length: >= SmallestPooled } array }
                && BitOperations.IsPow2(array.Length))
            {
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }
}
