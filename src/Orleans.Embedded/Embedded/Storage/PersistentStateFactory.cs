using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace Orleans.Embedded.Storage;

/// <summary>Makes the durable states that a grain's constructor asks for.</summary>
internal static class PersistentStateFactory
{
    private static readonly MethodInfo _create =
        typeof(PersistentStateFactory).GetMethod(nameof(CreateTyped), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <param name="parameter">A constructor's parameter with <see cref="PersistentStateAttribute"/>.</param>
    /// <exception cref="OrleansConfigurationException">Its type is not <see cref="IPersistentState{TState}"/>.</exception>
    public static Func<IGrainContext, object> For(ParameterInfo parameter, PersistentStateAttribute attribute)
    {
        var type = parameter.ParameterType;
        if (!type.IsConstructedGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
        {
            throw new OrleansConfigurationException(
                $"Parameter {parameter.Name} of {parameter.Member.DeclaringType} has [PersistentState] but is not an IPersistentState.");
        }

        var create = _create.MakeGenericMethod(type.GenericTypeArguments).CreateDelegate<Func<IGrainContext, PersistentStateAttribute, object>>();
        return context => create(context, attribute);
    }

    private static object CreateTyped<TState>(IGrainContext context, PersistentStateAttribute attribute)
    {
        var services = context.ActivationServices;
        var storage = string.IsNullOrWhiteSpace(attribute.StorageName)
            ? services.GetService<IGrainStorage>()
            : services.GetKeyedService<IGrainStorage>(attribute.StorageName);
        return storage is null
            ? throw new BadProviderConfigException(string.IsNullOrWhiteSpace(attribute.StorageName)
                ? $"No default storage provider found loading grain type {context.GrainId.Type}."
                : $"No storage provider named \"{attribute.StorageName}\" found loading grain type {context.GrainId.Type}.")
            : new PersistentState<TState>(attribute.StateName, context, storage);
    }
}
