using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>The headers of one record, for <c>foreach</c>, in their order. Allocates nothing.</summary>
public readonly ref struct RecordHeaders
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">Well-formed headers: the record was parsed before.</param>
    internal RecordHeaders(ReadOnlySpan<byte> bytes, int count)
    {
        _bytes = bytes;
        Count = count;
    }

    public int Count { get; }

    public Enumerator GetEnumerator() => new(_bytes, Count);

    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;
        private int _left;

        internal Enumerator(ReadOnlySpan<byte> bytes, int count)
        {
            _rest = bytes;
            _left = count;
        }

        public RecordHeaderView Current { get; private set; }

        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }

            _left--;
            ReadOnlySpan<byte> key = Take(out _);
            ReadOnlySpan<byte> value = Take(out bool hasValue);
            Current = new RecordHeaderView(key, value, hasValue);
            return true;
        }

        private ReadOnlySpan<byte> Take(out bool isPresent)
        {
            Zigzag.TryRead(_rest, out int length, out int taken);
            isPresent = length >= 0;
            ReadOnlySpan<byte> field = _rest.Slice(taken, Math.Max(length, 0));
            _rest = _rest[(taken + field.Length)..];
            return field;
        }
    }
}
