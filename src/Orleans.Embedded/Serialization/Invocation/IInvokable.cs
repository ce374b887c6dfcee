using System.Reflection;

namespace Orleans.Serialization.Invocation;

/// <summary>A method and the arguments it is called with.</summary>
public interface IInvokable
{
    /// <summary>The grain, on the callee's side; null before it is known.</summary>
    object? GetTarget();

    int GetArgumentCount();

    object? GetArgument(int index);

    /// <exception cref="InvalidCastException">When the call is made, if the value has the wrong type.</exception>
    void SetArgument(int index, object? value);

    string GetMethodName();

    string GetInterfaceName();

    MethodInfo GetMethod();

    Type GetInterfaceType();

    TimeSpan? GetDefaultResponseTimeout();

    CancellationToken GetCancellationToken();
}
