using System.Reflection;
using Orleans;
using Orleans.Runtime;

namespace OrleansStreaming.Client.Tests.Support;

/// <summary>A way to the cluster that can be cut: from then on every call fails, as if the process were gone.</summary>
public class SeveredGrains : DispatchProxy
{
    private object _target = null!;
    private Line _line = null!;

    public static (IGrainFactory Grains, Action Cut) Over(IGrainFactory grains)
    {
        var line = new Line();
        return ((IGrainFactory)Wrap(typeof(IGrainFactory), grains, line), () => line.IsCut = true);
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_line.IsCut)
        {
            throw new TimeoutException("The line is cut.");
        }

        var result = targetMethod!.Invoke(_target, args);
        return result is IAddressable && targetMethod.ReturnType.IsInterface ? Wrap(targetMethod.ReturnType, result, _line) : result;
    }

    private static object Wrap(Type type, object target, Line line)
    {
        var proxy = Create(type, typeof(SeveredGrains));
        ((SeveredGrains)proxy)._target = target;
        ((SeveredGrains)proxy)._line = line;
        return proxy;
    }

    private sealed class Line
    {
        public volatile bool IsCut;
    }
}
