using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Segments;

/// <summary>
/// Reads a segment from its beginning in large pieces and checks every batch and its CRC: what recovery needs after a crash.
/// </summary>
internal static class SegmentScan
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>
    /// Visits the good batches in their order, until the end, the first bad byte, or the first batch that is refused; answers how
    /// many bytes were good.
    /// </summary>
    public static int Run(IStorageFile file, int length, BatchVisitor visit) => Run(file, 0, length, visit);

    /// <summary>The same from a position on where a batch begins; answers the position where the good bytes end.</summary>
    public static int Run(IStorageFile file, int start, int length, BatchVisitor visit)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(length - start, BufferBytes));
        try
        {
            var good = start;
            while (good < length)
            {
                var wanted = Math.Min(buffer.Length, length - good);
                var read = file.ReadFully(good, buffer.AsSpan(0, wanted));
                var scanner = new BatchScanner(buffer.AsSpan(0, read), checkCrc: true);
                var isRefused = false;
                while (!isRefused && scanner.MoveNext())
                {
                    isRefused = !visit(scanner.Header, good + (int)scanner.Position);
                }

                good += (int)scanner.Position;
                var isCut = scanner.Status == BatchScanStatus.Truncated && scanner.Position == 0;
                if (isRefused || scanner.Status == BatchScanStatus.Corrupt || read < wanted
                    || (isCut && (wanted < BatchHeader.Size || scanner.Header.SizeInBytes > length - good)))
                {
                    break;
                }

                if (isCut)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent((int)scanner.Header.SizeInBytes);
                }
            }

            return good;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether what follows the good bytes is the beginning of one batch, whose end would lie beyond the file's.</summary>
    public static bool IsTorn(IStorageFile file, int good, int length)
    {
        Span<byte> head = stackalloc byte[Math.Min(BatchHeader.Size, length - good)];
        var scanner = new BatchScanner(head[..file.ReadFully(good, head)], checkCrc: false);
        return !scanner.MoveNext() && scanner.Status == BatchScanStatus.Truncated
            && (head.Length < BatchHeader.Size || scanner.Header.SizeInBytes > length - good);
    }
}

/// <summary>Sees a batch at its position in the segment; false stops the scan before it.</summary>
internal delegate bool BatchVisitor(in BatchHeader header, int position);
