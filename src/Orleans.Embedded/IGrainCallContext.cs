using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>One call as its filters see it.</summary>
public interface IGrainCallContext
{
    /// <summary>The method and its arguments; arguments may be replaced before <see cref="Invoke"/>.</summary>
    IInvokable Request { get; }

    /// <summary>The grain on the incoming side, its reference on the outgoing side.</summary>
    object Grain { get; }

    /// <summary>The calling grain; null when the caller is not a grain.</summary>
    GrainId? SourceId { get; }

    GrainId TargetId { get; }

    GrainInterfaceType InterfaceType { get; }

    string InterfaceName { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    /// <summary>The result, once there is one; null for methods without.</summary>
    object? Result { get; set; }

    /// <summary>Runs the next filter, and in the end the call; throws what it throws.</summary>
    Task Invoke();
}

/// <summary>A call on the callee's side.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    IGrainContext TargetContext { get; }

    /// <summary>The method of the grain class.</summary>
    MethodInfo ImplementationMethod { get; }
}

/// <summary>A call on the caller's side.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    /// <summary>The calling grain; null when the caller is not a grain.</summary>
    IGrainContext? SourceContext { get; }
}
