using System.Globalization;
using System.Runtime.CompilerServices;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Batches;

/// <summary>The rules for single records, and what they found in one batch.</summary>
internal struct RecordChecks
{
    // A batch can hold a hundred thousand bad records; the first ones tell the producer enough.
    private const int MaxReported = 1000;

    private readonly long _baseTimestamp;
    private readonly long _lowest;
    private readonly ulong _range;
    private readonly bool _keysRequired;
    private List<(int Index, string Message)>? _errors;
    private bool _timestampError;

    internal RecordChecks(in BatchHeader header, in BatchRules rules)
    {
        _baseTimestamp = header.BaseTimestamp;
        _keysRequired = rules.KeysRequired;
        MaxTimestamp = BatchHeader.NoTimestamp;
        _lowest = long.MinValue;
        _range = ulong.MaxValue;
        if (rules.TimestampType == TimestampType.CreateTime)
        {
            _lowest = SaturatingAdd(rules.Now, -Math.Max(rules.TimestampBeforeMaxMs, 0));
            _range = (ulong)(SaturatingAdd(rules.Now, Math.Max(rules.TimestampAfterMaxMs, 0)) - _lowest);
        }
    }

    /// <summary>The greatest timestamp seen; -1 before any.</summary>
    internal long MaxTimestamp { get; private set; }

    internal readonly bool HasErrors => _errors is not null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Check(int index, in RecordLayout record)
    {
        long timestamp = unchecked(_baseTimestamp + record.TimestampDelta);
        if (timestamp > MaxTimestamp)
        {
            MaxTimestamp = timestamp;
        }

        if (record.OffsetDelta != index
            || (record.KeyLength < 0 && _keysRequired)
            || unchecked((ulong)(timestamp - _lowest)) > _range)
        {
            Complain(index, record, timestamp);
        }
    }

    internal readonly BatchVerdict ToVerdict(in BatchHeader header)
    {
        if (_errors is null)
        {
            return BatchVerdict.Accept(header, MaxTimestamp);
        }

        return _timestampError
            ? BatchVerdict.Refuse(ErrorCode.InvalidTimestamp, "One or more records have a timestamp out of range.", header, _errors)
            : BatchVerdict.Refuse(ErrorCode.InvalidRecord, "One or more records are invalid: " + _errors[0].Message, header, _errors);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Complain(int index, in RecordLayout record, long timestamp)
    {
        if (record.OffsetDelta != index)
        {
            Add(index, $"The record's offset delta is {record.OffsetDelta} and not {index}.");
        }
        else if (record.KeyLength < 0 && _keysRequired)
        {
            Add(index, "A compacted topic does not accept a record without a key.");
        }
        else if (timestamp != BatchHeader.NoTimestamp)
        {
            _timestampError = true;
            Add(index, $"The timestamp {timestamp} is not within [{_lowest}, {unchecked((long)((ulong)_lowest + _range))}].");
        }
    }

    private void Add(int index, FormattableString message)
    {
        _errors ??= [];
        if (_errors.Count < MaxReported)
        {
            _errors.Add((index, message.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private void Add(int index, string message)
    {
        _errors ??= [];
        if (_errors.Count < MaxReported)
        {
            _errors.Add((index, message));
        }
    }

    private static long SaturatingAdd(long left, long right)
    {
        long sum = unchecked(left + right);
        return ((left ^ sum) & (right ^ sum)) < 0 ? (left < 0 ? long.MinValue : long.MaxValue) : sum;
    }
}
