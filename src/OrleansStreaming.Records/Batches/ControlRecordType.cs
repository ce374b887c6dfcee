namespace OrleansStreaming.Records.Batches;

/// <summary>What a control record says, by the number in its key. A number not listed here is to be passed over.</summary>
public enum ControlRecordType : short
{
    /// <summary>The producer's transaction is aborted.</summary>
    Abort = 0,

    /// <summary>The producer's transaction is committed.</summary>
    Commit = 1,
}
