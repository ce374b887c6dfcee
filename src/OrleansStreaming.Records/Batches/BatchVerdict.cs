using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Records.Batches;

/// <summary>What <see cref="BatchValidator"/> says of a batch. A value: a refusal is an expected answer, not an exception.</summary>
public readonly struct BatchVerdict
{
    private readonly IReadOnlyList<(int Index, string Message)>? _recordErrors;

    private BatchVerdict(
        ErrorCode error,
        string? message,
        in BatchHeader header,
        long maxTimestamp,
        IReadOnlyList<(int Index, string Message)>? recordErrors)
    {
        Error = error;
        Message = message;
        Header = header;
        MaxTimestamp = maxTimestamp;
        _recordErrors = recordErrors;
    }

    public bool IsAccepted => Error == ErrorCode.None;

    public ErrorCode Error { get; }

    /// <summary>Why it was refused, for the producer's log; null when accepted.</summary>
    public string? Message { get; }

    /// <summary>The batch's header as it arrived; meaningful when accepted.</summary>
    public BatchHeader Header { get; }

    /// <summary>
    /// The greatest timestamp among the records, -1 when none has one. A header may disagree; see
    /// <see cref="BatchPatcher.StampTimestamp"/>.
    /// </summary>
    public long MaxTimestamp { get; }

    /// <summary>Which records broke a rule, by their index in the batch (KIP-467); empty when it is the batch as a whole.</summary>
    public IReadOnlyList<(int Index, string Message)> RecordErrors => _recordErrors ?? [];

    internal static BatchVerdict Accept(in BatchHeader header, long maxTimestamp) =>
        new(ErrorCode.None, null, header, maxTimestamp, null);

    internal static BatchVerdict Refuse(
        ErrorCode error,
        string message,
        in BatchHeader header = default,
        IReadOnlyList<(int Index, string Message)>? recordErrors = null) =>
        new(error, message, header, BatchHeader.NoTimestamp, recordErrors);
}
