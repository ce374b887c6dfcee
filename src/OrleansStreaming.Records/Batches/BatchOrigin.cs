namespace OrleansStreaming.Records.Batches;

/// <summary>Who hands a batch to a leader; decides what it may contain.</summary>
public enum BatchOrigin : byte
{
    /// <summary>A client's produce request: base offset 0, no control records.</summary>
    Client = 0,

    /// <summary>A coordinator of this cluster, which also writes transaction markers.</summary>
    Coordinator = 1,
}
