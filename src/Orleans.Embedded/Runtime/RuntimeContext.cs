namespace Orleans.Runtime;

/// <summary>The activation whose turn this thread runs.</summary>
internal static class RuntimeContext
{
    [ThreadStatic]
    private static IGrainContext? _current;

    /// <summary>Null on any thread that does not run a turn.</summary>
    public static IGrainContext? Current => _current;

    /// <summary>Returns what was current, to be set again when the turn ends.</summary>
    public static IGrainContext? Exchange(IGrainContext? context)
    {
        var previous = _current;
        _current = context;
        return previous;
    }

    /// <exception cref="InvalidOperationException">There is no activation: code that left the grain uses the grain's services.</exception>
    public static void Require(IGrainContext? context)
    {
        if (context is null)
        {
            throw new InvalidOperationException(
                "Activation access violation. A non-activation thread attempted to access activation services.");
        }
    }
}
