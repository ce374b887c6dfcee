namespace Orleans.Embedded.Calls;

/// <summary>A call that another silo has been asked to run. Any thread.</summary>
internal interface IRemoteCall
{
    /// <summary>The call has an outcome; when it is not the reply, nobody waits for that any more.</summary>
    void OnSettled();

    /// <summary>The callee's cancellation token is to be cancelled.</summary>
    void Cancel();
}
