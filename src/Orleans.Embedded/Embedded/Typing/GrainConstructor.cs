using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Embedded.Storage;
using Orleans.Runtime;

namespace Orleans.Embedded.Typing;

/// <summary>Makes grain objects: durable states as their attributes say, everything else from the activation's container scope.</summary>
internal sealed class GrainConstructor
{
    private readonly ObjectFactory _factory;
    private readonly Func<IGrainContext, object>[] _states;

    /// <exception cref="OrleansConfigurationException">A durable state has the wrong type.</exception>
    public GrainConstructor(Type type)
    {
        var states = StateParameters(type);
        _states = [.. states.Select(entry => PersistentStateFactory.For(entry.Parameter, entry.Attribute))];
        _factory = ActivatorUtilities.CreateFactory(type, [.. states.Select(entry => entry.Parameter.ParameterType)]);
    }

    public object Create(IGrainContext context)
    {
        if (_states.Length == 0)
        {
            return _factory(context.ActivationServices, null);
        }

        var states = new object[_states.Length];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = _states[i](context);
        }

        return _factory(context.ActivationServices, states);
    }

    private static List<(ParameterInfo Parameter, PersistentStateAttribute Attribute)> StateParameters(Type type)
    {
        var constructors = type.GetConstructors();
        var constructor = constructors.FirstOrDefault(candidate => candidate.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)))
            ?? constructors.MaxBy(candidate => candidate.GetParameters().Length);
        var found = new List<(ParameterInfo, PersistentStateAttribute)>();
        foreach (var parameter in constructor?.GetParameters() ?? [])
        {
            if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } attribute)
            {
                found.Add((parameter, attribute));
            }
        }

        return found;
    }
}
