using Orleans.Core.Internal;

namespace Orleans.Runtime;

/// <summary>
/// Values that flow with the asynchronous control flow and with every grain call made in it, from caller to callee; never back.
/// Values are copied like arguments. A change is seen by what starts after it.
/// </summary>
public static class RequestContext
{
    internal const string CallChainReentrancyHeader = "#CCR";

    private static readonly AsyncLocal<Dictionary<string, object>?> _values = new();

    /// <summary>Names the call chain within which grains that allow it may be called back; empty for none.</summary>
    public static Guid ReentrancyId
    {
        get => Get(CallChainReentrancyHeader) is Guid id ? id : Guid.Empty;
        set
        {
            if (value == Guid.Empty)
            {
                Remove(CallChainReentrancyHeader);
            }
            else
            {
                Set(CallChainReentrancyHeader, value);
            }
        }
    }

    public static IEnumerable<string> Keys => _values.Value?.Keys ?? Enumerable.Empty<string>();

    public static IEnumerable<KeyValuePair<string, object>> Entries => _values.Value ?? Enumerable.Empty<KeyValuePair<string, object>>();

    /// <summary>Never changed once set: every change makes a new dictionary, since control flows share it.</summary>
    internal static Dictionary<string, object>? Values
    {
        get => _values.Value;
        set => _values.Value = value;
    }

    /// <summary>Until disposed, calls that come back to this grain within the chain of calls made from here are let in.</summary>
    public static ReentrancySection AllowCallChainReentrancy()
    {
        var original = ReentrancyId;
        return new ReentrancySection(original, original == Guid.Empty ? Guid.NewGuid() : original);
    }

    /// <summary>Until disposed, calls made from here belong to no chain.</summary>
    public static ReentrancySection SuppressCallChainReentrancy() => new(ReentrancyId, Guid.Empty);

    public static object? Get(string key) => _values.Value is { } values && values.TryGetValue(key, out var value) ? value : null;

    public static void Set(string key, object value)
    {
        var values = _values.Value;
        var changed = values is null ? new Dictionary<string, object>(1) : new Dictionary<string, object>(values);
        changed[key] = value;
        _values.Value = changed;
    }

    public static bool Remove(string key)
    {
        if (_values.Value is not { } values || !values.ContainsKey(key))
        {
            return false;
        }

        var changed = new Dictionary<string, object>(values);
        changed.Remove(key);
        _values.Value = changed.Count == 0 ? null : changed;
        return true;
    }

    public static void Clear()
    {
        if (_values.Value is not null)
        {
            _values.Value = null;
        }
    }

    /// <summary>Restores the call chain's reentrancy when disposed.</summary>
    public readonly struct ReentrancySection : IDisposable
    {
        private readonly Guid _originalReentrancyId;
        private readonly Guid _newReentrancyId;

        public ReentrancySection(Guid originalReentrancyId, Guid newReentrancyId)
        {
            _originalReentrancyId = originalReentrancyId;
            _newReentrancyId = newReentrancyId;
            if (newReentrancyId != originalReentrancyId)
            {
                ReentrancyId = newReentrancyId;
            }

            if (newReentrancyId != Guid.Empty)
            {
                (RuntimeContext.Current as ICallChainReentrantGrainContext)?.OnEnterReentrantSection(newReentrancyId);
            }
        }

        public void Dispose()
        {
            if (_newReentrancyId != Guid.Empty)
            {
                (RuntimeContext.Current as ICallChainReentrantGrainContext)?.OnExitReentrantSection(_newReentrancyId);
            }

            if (_newReentrancyId != _originalReentrancyId)
            {
                ReentrancyId = _originalReentrancyId;
            }
        }
    }
}
