using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Producing;

/// <summary>What to do after a try to send a batch.</summary>
internal enum SendVerdict
{
    /// <summary>It is stored.</summary>
    Stored,

    /// <summary>Try the same bytes again.</summary>
    Retry,

    /// <summary>The broker does not know what came before it: if nothing before it is open, the numbering starts over.</summary>
    OutOfOrder,

    /// <summary>Never.</summary>
    Refused,
}

/// <summary>The outcome of one try.</summary>
internal readonly record struct SendOutcome(SendVerdict Verdict, ErrorCode Error, string Message, Offset BaseOffset, long LogAppendTime)
{
    public static SendOutcome Failed(SendVerdict verdict, ErrorCode error, string message) => new(verdict, error, message, Offset.None, -1);

    public static SendVerdict VerdictOf(ErrorCode error, bool isNumbered) => error switch
    {
        ErrorCode.None or ErrorCode.DuplicateSequenceNumber => SendVerdict.Stored,
        ErrorCode.OutOfOrderSequenceNumber or ErrorCode.UnknownProducerId or ErrorCode.InvalidProducerEpoch or ErrorCode.InvalidProducerIdMapping
            when isNumbered => SendVerdict.OutOfOrder,

        // The topic was created anew, or its broker has not heard of it yet.
        ErrorCode.InconsistentTopicId or ErrorCode.UnknownTopicId => SendVerdict.Retry,
        _ => ErrorTable.IsRetriable(error) ? SendVerdict.Retry : SendVerdict.Refused,
    };
}
