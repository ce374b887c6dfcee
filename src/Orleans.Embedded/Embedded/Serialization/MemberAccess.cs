using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>Compiled access to members, also to private and read-only ones: fields, and properties that have no field of their own.</summary>
internal static class MemberAccess
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    public static GetMember<TOwner, TMember> Getter<TOwner, TMember>(MemberInfo member)
    {
        var method = NewMethod($"Get{member.Name}", typeof(TMember), [typeof(TOwner).MakeByRefType()]);
        var il = method.GetILGenerator();
        EmitOwner<TOwner>(il);
        if (member is FieldInfo field)
        {
            il.Emit(OpCodes.Ldfld, field);
        }
        else
        {
            il.Emit(OpCodes.Call, ((PropertyInfo)member).GetMethod ?? throw Unusable(member));
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<GetMember<TOwner, TMember>>();
    }

    public static SetMember<TOwner, TMember> Setter<TOwner, TMember>(MemberInfo member)
    {
        var method = NewMethod($"Set{member.Name}", typeof(void), [typeof(TOwner).MakeByRefType(), typeof(TMember)]);
        var il = method.GetILGenerator();
        EmitOwner<TOwner>(il);
        il.Emit(OpCodes.Ldarg_1);
        if (member is FieldInfo field)
        {
            il.Emit(OpCodes.Stfld, field);
        }
        else
        {
            il.Emit(OpCodes.Call, ((PropertyInfo)member).SetMethod ?? throw Unusable(member));
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<SetMember<TOwner, TMember>>();
    }

    /// <summary>Calls the constructor without parameters if there is one; else makes a blank object.</summary>
    /// <exception cref="CodecNotFoundException">When called, if no object can be of exactly this type.</exception>
    public static Func<T> Creator<T>()
    {
        if (typeof(T).IsAbstract)
        {
            return static () => throw new CodecNotFoundException($"{typeof(T)} is abstract.");
        }

        if (typeof(T).GetConstructor(Any, Type.EmptyTypes) is not { } constructor)
        {
            return static () => (T)RuntimeHelpers.GetUninitializedObject(typeof(T));
        }

        var method = NewMethod($"New{typeof(T).Name}", typeof(T), []);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<T>>();
    }

    private static DynamicMethod NewMethod(string name, Type result, Type[] parameters) =>
        new(name, result, parameters, typeof(MemberAccess).Module, skipVisibility: true);

    private static void EmitOwner<TOwner>(ILGenerator il)
    {
        il.Emit(OpCodes.Ldarg_0);
        if (!typeof(TOwner).IsValueType)
        {
            il.Emit(OpCodes.Ldind_Ref);
        }
    }

    private static CodecNotFoundException Unusable(MemberInfo member) =>
        new($"{member.DeclaringType}.{member.Name} has an [Id] but can not be both read and written.");
}
