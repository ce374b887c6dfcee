using System.Buffers;

namespace OrleansStreaming.Storage.Tests.Simulation;

/// <summary>
/// The bytes of one file: as everybody sees them, as they are on the platter, and the changes in between, of which a power cut
/// keeps some.
/// </summary>
internal sealed class SimulatedInode
{
    private const int SectorBytes = 512;

    private readonly List<Change> _unsynced = [];
    private Image _seen = new([], 0);
    private Image _durable = new([], 0);

    public long Length => _seen.Length;

    public int Read(long position, Span<byte> destination)
    {
        var count = (int)Math.Clamp(_seen.Length - position, 0, destination.Length);
        _seen.Bytes.AsSpan((int)Math.Min(position, _seen.Length), count).CopyTo(destination);
        return count;
    }

    public void Write(long position, ReadOnlySequence<byte> bytes) => Apply(new Change(position, bytes.ToArray()));

    public void SetLength(long length) => Apply(new Change(length, null));

    public void Sync()
    {
        _unsynced.ForEach(x => _durable.Apply(x));
        _unsynced.Clear();
    }

    /// <summary>What a power cut leaves: the synced bytes, and of the later changes all, none, a torn prefix, or any sectors.</summary>
    public void Crash(Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                _unsynced.Clear();
                break;
            case 1:
                break;
            case 2:
                var kept = random.Next(_unsynced.Count + 1);
                _unsynced.RemoveRange(kept, _unsynced.Count - kept);
                if (_unsynced is [.., { Bytes: { Length: > 0 } last }])
                {
                    _unsynced[^1] = _unsynced[^1] with { Bytes = last[..random.Next(last.Length + 1)] };
                }

                break;
            default:
                var pieces = _unsynced.SelectMany(SectorsOf).Where(_ => random.Next(3) > 0).ToArray();
                _unsynced.Clear();
                _unsynced.AddRange(pieces);
                break;
        }

        Sync();
        _seen = _durable.Copy();
    }

    /// <summary>Changes a bit on the platter, which no write or sync announces.</summary>
    public void FlipBit(long position, int bit)
    {
        Sync();
        _durable.Bytes[position] ^= (byte)(1 << bit);
        _seen = _durable.Copy();
    }

    private void Apply(Change change)
    {
        _seen.Apply(change);
        _unsynced.Add(change);
    }

    private static IEnumerable<Change> SectorsOf(Change change)
    {
        if (change.Bytes is null)
        {
            yield return change;
            yield break;
        }

        for (var start = 0; start < change.Bytes.Length;)
        {
            var end = (int)Math.Min(change.Bytes.Length, ((change.Position + start) / SectorBytes * SectorBytes) + SectorBytes - change.Position);
            yield return new Change(change.Position + start, change.Bytes[start..end]);
            start = end;
        }
    }

    /// <summary>Bytes written at a position, or, without bytes, a new length.</summary>
    private readonly record struct Change(long Position, byte[]? Bytes);

    private sealed class Image(byte[] bytes, long length)
    {
        public byte[] Bytes { get; private set; } = bytes;

        public long Length { get; private set; } = length;

        public Image Copy() => new([.. Bytes], Length);

        public void Apply(Change change)
        {
            var end = change.Position + (change.Bytes?.Length ?? 0);
            if (end > Bytes.Length)
            {
                var larger = new byte[Math.Max(end, Bytes.Length * 2)];
                Bytes.AsSpan(0, (int)Length).CopyTo(larger);
                Bytes = larger;
            }

            if (change.Bytes is { } written)
            {
                written.CopyTo(Bytes, change.Position);
                Length = Math.Max(Length, end);
            }
            else
            {
                // What a file grows by reads as zeros, also where it was longer before.
                Bytes.AsSpan((int)Math.Min(change.Position, Length)).Clear();
                Length = change.Position;
            }
        }
    }
}
