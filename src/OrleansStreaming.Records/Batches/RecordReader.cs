using OrleansStreaming.Records.Varints;

namespace OrleansStreaming.Records.Batches;

/// <summary>
/// Enumerates the records of one batch over its decompressed payload, for <c>foreach</c> or by hand. Allocates nothing, copies
/// nothing. Stops at the first record that does not parse and says so in <see cref="IsMalformed"/>.
/// </summary>
public ref struct RecordReader
{
    private readonly long _baseOffset;
    private readonly long _baseTimestamp;
    private readonly long _appendTime;
    private readonly bool _usesAppendTime;
    private ReadOnlySpan<byte> _rest;
    private int _left;

    /// <param name="header">The batch's header.</param>
    /// <param name="payload">The batch's records, decompressed: what follows the header in an uncompressed batch.</param>
    public RecordReader(scoped in BatchHeader header, ReadOnlySpan<byte> payload)
    {
        _baseOffset = header.BaseOffset;
        _baseTimestamp = header.BaseTimestamp;
        _appendTime = header.MaxTimestamp;
        _usesAppendTime = header.TimestampType == TimestampType.LogAppendTime;
        _rest = payload;
        _left = header.RecordCount;
    }

    public RecordView Current { get; private set; }

    /// <summary>True once a record did not parse, the payload ended too soon, or bytes followed the last record.</summary>
    public bool IsMalformed { get; private set; }

    public readonly RecordReader GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_left <= 0 || IsMalformed)
        {
            IsMalformed |= !_rest.IsEmpty || _left < 0;
            return false;
        }

        if (!Zigzag.TryRead(_rest, out int length, out int taken) || (uint)length > (uint)(_rest.Length - taken))
        {
            IsMalformed = true;
            return false;
        }

        ReadOnlySpan<byte> body = _rest.Slice(taken, length);
        SpanCursor cursor = new(body);
        if (!RecordLayout.TryParse(ref cursor, length, out RecordLayout layout))
        {
            IsMalformed = true;
            return false;
        }

        _rest = _rest[(taken + length)..];
        _left--;
        Current = new RecordView(
            body,
            layout,
            _baseOffset + layout.OffsetDelta,
            _usesAppendTime ? _appendTime : unchecked(_baseTimestamp + layout.TimestampDelta));
        return true;
    }
}
