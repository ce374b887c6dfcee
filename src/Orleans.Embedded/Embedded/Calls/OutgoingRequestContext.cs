using Orleans.Embedded.Copying;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>Takes the caller's request context along with a call.</summary>
internal static class OutgoingRequestContext
{
    /// <summary>The values, copied where they could change; null when there are none.</summary>
    /// <exception cref="Orleans.Serialization.CodecNotFoundException">A value's type may not travel.</exception>
    public static Dictionary<string, object>? Export(Copiers copiers)
    {
        if (RequestContext.Values is not { Count: > 0 } values)
        {
            return null;
        }

        foreach (var value in values.Values)
        {
            if (!copiers.ForExactly(value.GetType()).IsShallow)
            {
                return Copy(values, copiers);
            }
        }

        // Nobody changes a request context's dictionary, so it can be shared.
        return values;
    }

    private static Dictionary<string, object> Copy(Dictionary<string, object> values, Copiers copiers)
    {
        var context = CopyContext.Rent();
        var copy = new Dictionary<string, object>(values.Count);
        foreach (var (key, value) in values)
        {
            copy.Add(key, copiers.ForExactly(value.GetType()).CopyObject(value, context)!);
        }

        context.Return();
        return copy;
    }
}
