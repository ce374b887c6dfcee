namespace Orleans.Embedded.Connections;

/// <summary>The first byte of a message.</summary>
internal enum MessageKind : byte
{
    /// <summary>A call: the number of its reply, then what <c>CallMessages</c> writes.</summary>
    Request = 1,

    /// <summary>A call without a reply.</summary>
    OneWayRequest = 2,

    /// <summary>The number of a request, and its result.</summary>
    Result = 3,

    /// <summary>The number of a request, and the exception it ended with.</summary>
    Failure = 4,

    /// <summary>The number of a request that nobody waits for any more: it need not start.</summary>
    GiveUp = 5,

    /// <summary>The number of a request whose cancellation token is to be cancelled.</summary>
    Cancel = 6,

    /// <summary>The membership has changed.</summary>
    Gossip = 7,

    /// <summary>A question to the grain directory: the number of its reply, then what <c>DirectoryMessages</c> writes.</summary>
    DirectoryRequest = 8,

    /// <summary>The number of a question, and the silos.</summary>
    DirectoryReply = 9,

    /// <summary>A ring for large payloads of the sender's: where it is.</summary>
    RingOffer = 10,

    /// <summary>The offered ring was opened: payloads may come through it from now on.</summary>
    RingOpened = 11,
}
