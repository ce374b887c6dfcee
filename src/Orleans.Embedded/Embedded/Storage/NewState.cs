using System.Runtime.CompilerServices;

namespace Orleans.Embedded.Storage;

/// <summary>The value of state that was never written: a new object, an empty array, or the default of a value type.</summary>
internal static class NewState
{
    public static T Of<T>()
    {
        var type = typeof(T);
        if (type.IsValueType)
        {
            return default!;
        }

        if (type.IsArray)
        {
            return (T)(object)Array.CreateInstance(type.GetElementType()!, new int[type.GetArrayRank()]);
        }

        // Like Orleans' activators: state without a parameterless constructor still starts as an object, not as null.
        return type == typeof(string) ? default!
            : type.GetConstructor(Type.EmptyTypes) is null ? (T)RuntimeHelpers.GetUninitializedObject(type)
            : Activator.CreateInstance<T>();
    }
}
