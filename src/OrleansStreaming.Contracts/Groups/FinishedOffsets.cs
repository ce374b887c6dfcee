using System.Diagnostics.CodeAnalysis;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>
/// How far a key-based group has come in one partition: every record below the low watermark is finished, and so are some ranges above
/// it. Written down as a committed offset, which is the low watermark, with the ranges in its metadata:
/// <code>
/// "k1:" and in base64 one byte of format, then
///   format 0: a bitmap, low bit first, of the offsets from the low watermark on
///   format 1: pairs of unsigned varints, each how many offsets are not finished and then how many are
/// </code>
/// whichever is shorter. One thread at a time.
/// </summary>
public sealed class FinishedOffsets(Offset lowWatermark)
{
    /// <summary>
    /// How far above the low watermark records may be finished, in offsets: a bitmap of so many still fits into 4,096 bytes of metadata
    /// (offset.metadata.max.bytes). Consumers read no further, so that one slow key holds the others up only in the end.
    /// </summary>
    public const int Window = 24_000;

    private const string Prefix = "k1:";
    private const byte BitmapFormat = 0;
    private const byte RunsFormat = 1;

    // Sorted, apart from each other, and above the low watermark.
    private readonly List<OffsetRange> _ahead = [];

    /// <summary>The first record that is not finished.</summary>
    public Offset LowWatermark { get; private set; } = lowWatermark;

    /// <summary>What is finished above the low watermark, ascending.</summary>
    public IReadOnlyList<OffsetRange> Ahead => _ahead;

    public bool Contains(Offset offset) => offset < LowWatermark || (IndexFrom(offset.Value) is var i && i < _ahead.Count && _ahead[i].First <= offset.Value);

    /// <summary>False when the range reaches beyond the window, and nothing was added. What is known already does no harm.</summary>
    public bool TryAdd(OffsetRange range)
    {
        if (range.Last >= LowWatermark.Value + Window || range.First > range.Last)
        {
            return false;
        }

        var (first, last) = (Math.Max(range.First, LowWatermark.Value), range.Last);
        if (last < LowWatermark.Value)
        {
            return true;
        }

        // Ranges that touch the new one become part of it.
        var from = IndexFrom(first - 1);
        var to = from;
        for (; to < _ahead.Count && _ahead[to].First <= last + 1; to++)
        {
            (first, last) = (Math.Min(first, _ahead[to].First), Math.Max(last, _ahead[to].Last));
        }

        _ahead.RemoveRange(from, to - from);
        if (first == LowWatermark.Value)
        {
            LowWatermark = new Offset(last + 1);
        }
        else
        {
            _ahead.Insert(from, new OffsetRange(first, last));
        }

        return true;
    }

    /// <summary>The ranges as text; "" when there are none.</summary>
    public string ToMetadata()
    {
        if (_ahead.Count == 0)
        {
            return "";
        }

        var bitmap = Bitmap();
        var runs = Runs(bitmap.Length);
        return Prefix + Convert.ToBase64String(runs ?? bitmap);
    }

    /// <summary>Reads a committed offset; false when its metadata was not written by a key-based group.</summary>
    public static bool TryRead(Offset lowWatermark, string metadata, [NotNullWhen(true)] out FinishedOffsets? finished)
    {
        finished = new FinishedOffsets(lowWatermark);
        if (metadata.Length == 0)
        {
            return true;
        }

        var bytes = new byte[metadata.Length];
        return metadata.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(metadata[Prefix.Length..], bytes, out var length)
            && length > 0
            && (bytes[0] == BitmapFormat ? finished.ReadBitmap(bytes.AsSpan(1, length - 1)) : bytes[0] == RunsFormat && finished.ReadRuns(bytes.AsSpan(1, length - 1)));
    }

    /// <summary>The first range that ends at or after the offset.</summary>
    private int IndexFrom(long offset)
    {
        var (low, high) = (0, _ahead.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ahead[middle].Last < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private byte[] Bitmap()
    {
        var bitmap = new byte[2 + ((_ahead[^1].Last - LowWatermark.Value) / 8)];
        bitmap[0] = BitmapFormat;
        foreach (var range in _ahead)
        {
            for (var bit = range.First - LowWatermark.Value; bit <= range.Last - LowWatermark.Value; bit++)
            {
                bitmap[1 + (bit / 8)] |= (byte)(1 << (int)(bit % 8));
            }
        }

        return bitmap;
    }

    /// <summary>Null when it is not shorter than so many bytes.</summary>
    private byte[]? Runs(int limit)
    {
        var bytes = new List<byte> { RunsFormat };
        var position = LowWatermark.Value;
        foreach (var range in _ahead)
        {
            Append(range.First - position);
            Append(range.Last - range.First + 1);
            position = range.Last + 1;
            if (bytes.Count >= limit)
            {
                return null;
            }
        }

        return [.. bytes];

        void Append(long value)
        {
            for (; value >= 0x80; value >>= 7)
            {
                bytes.Add((byte)(value | 0x80));
            }

            bytes.Add((byte)value);
        }
    }

    private bool ReadBitmap(ReadOnlySpan<byte> bitmap)
    {
        var start = LowWatermark.Value;
        for (var bit = 0; bit < bitmap.Length * 8; bit++)
        {
            if ((bitmap[bit / 8] >> (bit % 8) & 1) == 1 && !TryAdd(new OffsetRange(start + bit, start + bit)))
            {
                return false;
            }
        }

        return true;
    }

    private bool ReadRuns(ReadOnlySpan<byte> bytes)
    {
        var position = LowWatermark.Value;
        while (bytes.Length > 0)
        {
            position += Read(ref bytes);
            var count = Read(ref bytes);
            if (!TryAdd(new OffsetRange(position, position + count - 1)))
            {
                return false;
            }

            position += count;
        }

        return true;

        static long Read(ref ReadOnlySpan<byte> bytes)
        {
            var value = 0L;
            for (var shift = 0; bytes.Length > 0 && shift < 35; shift += 7)
            {
                var next = bytes[0];
                bytes = bytes[1..];
                value |= (long)(next & 0x7f) << shift;
                if (next < 0x80)
                {
                    break;
                }
            }

            return value;
        }
    }
}
