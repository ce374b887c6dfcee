using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Orleans.Embedded.Typing;
using Orleans.Runtime;

namespace Orleans.Embedded.Calls;

/// <summary>The methods that other processes may call, by their tokens. Any thread.</summary>
internal sealed class ServedMethods(GrainClasses classes, GrainInterfaces interfaces)
{
    private readonly Lazy<Dictionary<ulong, (Type Interface, MethodInfo Method)>> _all = new(() => Collect(classes));
    private readonly ConcurrentDictionary<ulong, (GrainInterface Interface, GrainMethod Method)> _known = new();

    public bool TryFind(ulong token, [NotNullWhen(true)] out GrainInterface? grainInterface, [NotNullWhen(true)] out GrainMethod? method)
    {
        if (!_known.TryGetValue(token, out var found))
        {
            if (!_all.Value.TryGetValue(token, out var entry))
            {
                (grainInterface, method) = (null, null);
                return false;
            }

            var through = interfaces.For(entry.Interface);
            found = _known.GetOrAdd(token, (through, through.MethodFor(entry.Method)));
        }

        (grainInterface, method) = found;
        return true;
    }

    private static Dictionary<ulong, (Type, MethodInfo)> Collect(GrainClasses classes)
    {
        var all = new Dictionary<ulong, (Type, MethodInfo Method)>();
        foreach (var type in classes.All.SelectMany(grainClass => grainClass.Interfaces).Distinct())
        {
            foreach (var method in type.GetMethods())
            {
                var token = MethodTokens.Of(method);
                if (!all.TryAdd(token, (type, method)))
                {
                    throw new OrleansConfigurationException($"{method} and {all[token].Method} of {type} look the same.");
                }
            }
        }

        return all;
    }
}
