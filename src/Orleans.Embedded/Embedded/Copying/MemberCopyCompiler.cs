using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Embedded.Copying;

/// <summary>Emits the copying of a type's members: fields, and properties that have no field of their own.</summary>
internal static class MemberCopyCompiler
{
    public static Func<T, CopyContext, T> Compile<T>(IReadOnlyList<MemberInfo> members, Copiers copiers)
    {
        var type = typeof(T);
        var children = new Copier[members.Count];
        var method = new DynamicMethod(
            $"Copy{type.Name}",
            type,
            [typeof(Copier[]), type, typeof(CopyContext)],
            typeof(MemberCopyCompiler).Module,
            skipVisibility: true);
        var il = method.GetILGenerator();
        var copy = il.DeclareLocal(type);
        EmitNew(il, type, copy);
        for (var i = 0; i < members.Count; i++)
        {
            children[i] = copiers.For(TypeOf(members[i]));
            EmitMember(il, type, copy, members[i], i, children[i]);
        }

        il.Emit(OpCodes.Ldloc, copy);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<T, CopyContext, T>>(children);
    }

    private static void EmitNew(ILGenerator il, Type type, LocalBuilder copy)
    {
        if (type.IsValueType)
        {
            il.Emit(OpCodes.Ldloca, copy);
            il.Emit(OpCodes.Initobj, type);
            return;
        }

        // A copy that exists is returned right away: this is where cycles end.
        var isNew = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloca, copy);
        il.Emit(OpCodes.Call, typeof(CopyContext).GetMethod(nameof(CopyContext.TryGetCopy))!.MakeGenericMethod(type));
        il.Emit(OpCodes.Brfalse, isNew);
        il.Emit(OpCodes.Ldloc, copy);
        il.Emit(OpCodes.Ret);
        il.MarkLabel(isNew);

        if (type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, Type.EmptyTypes) is { } constructor)
        {
            il.Emit(OpCodes.Newobj, constructor);
        }
        else
        {
            il.Emit(OpCodes.Ldtoken, type);
            il.Emit(OpCodes.Call, typeof(Type).GetMethod(nameof(Type.GetTypeFromHandle))!);
            il.Emit(OpCodes.Call, typeof(RuntimeHelpers).GetMethod(nameof(RuntimeHelpers.GetUninitializedObject))!);
            il.Emit(OpCodes.Castclass, type);
        }

        il.Emit(OpCodes.Stloc, copy);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloc, copy);
        il.Emit(OpCodes.Call, typeof(CopyContext).GetMethod(nameof(CopyContext.Record))!);
    }

    private static void EmitMember(ILGenerator il, Type type, LocalBuilder copy, MemberInfo member, int index, Copier child)
    {
        var memberType = TypeOf(member);
        il.Emit(type.IsValueType ? OpCodes.Ldloca : OpCodes.Ldloc, copy);
        if (!child.IsShallow)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, index);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Castclass, typeof(Copier<>).MakeGenericType(memberType));
        }

        if (type.IsValueType)
        {
            il.Emit(OpCodes.Ldarga, 1);
        }
        else
        {
            il.Emit(OpCodes.Ldarg_1);
        }

        if (member is FieldInfo field)
        {
            il.Emit(OpCodes.Ldfld, field);
        }
        else
        {
            il.Emit(OpCodes.Call, ((PropertyInfo)member).GetMethod!);
        }

        if (!child.IsShallow)
        {
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Callvirt, typeof(Copier<>).MakeGenericType(memberType).GetMethod(nameof(Copier<int>.Copy))!);
        }

        if (member is FieldInfo target)
        {
            il.Emit(OpCodes.Stfld, target);
        }
        else
        {
            il.Emit(OpCodes.Call, ((PropertyInfo)member).SetMethod!);
        }
    }

    private static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
}
