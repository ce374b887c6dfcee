using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>
/// Takes calls from references: the one way into the runtime. A silo delivers them to its own activations; a transport to other
/// processes hangs in behind the same interface. Any thread.
/// </summary>
internal interface IGrainCallSender
{
    /// <summary>Never throws and never blocks: every outcome goes to the call.</summary>
    void Send(GrainCall call);

    /// <summary>Sends a call once more, because its activation was over before it started.</summary>
    void Forward(GrainCall call);

    /// <summary>The same grain through another interface.</summary>
    object Cast(GrainReference reference, Type interfaceType);
}
