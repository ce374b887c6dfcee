using System.Buffers;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// Shows the pieces of a batch as one sequence without copying them, and without allocating once it has been as long before. One
/// caller at a time; the sequence is good until <see cref="Release"/>.
/// </summary>
internal sealed class PieceChain
{
    private readonly List<Link> _links = [];
    private int _used;

    public ReadOnlySequence<byte> Join(ReadOnlyMemory<byte>[] pieces)
    {
        if (pieces.Length == 1)
        {
            return new ReadOnlySequence<byte>(pieces[0]);
        }

        if (pieces.Length == 0)
        {
            return ReadOnlySequence<byte>.Empty;
        }

        var position = 0L;
        for (var i = 0; i < pieces.Length; i++)
        {
            if (i == _links.Count)
            {
                _links.Add(new Link());
            }

            _links[i].Set(pieces[i], position, i == 0 ? null : _links[i - 1]);
            position += pieces[i].Length;
        }

        _used = pieces.Length;
        return new ReadOnlySequence<byte>(_links[0], 0, _links[_used - 1], pieces[^1].Length);
    }

    /// <summary>Lets go of the pieces: the buffers go back to their owner.</summary>
    public void Release()
    {
        for (var i = 0; i < _used; i++)
        {
            _links[i].Clear();
        }

        _used = 0;
    }

    private sealed class Link : ReadOnlySequenceSegment<byte>
    {
        public void Set(ReadOnlyMemory<byte> piece, long position, Link? previous)
        {
            Memory = piece;
            RunningIndex = position;
            Next = null;
            previous?.Next = this;
        }

        public void Clear()
        {
            Memory = default;
            Next = null;
        }
    }
}
