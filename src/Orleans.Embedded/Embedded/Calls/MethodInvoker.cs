using System.Reflection;
using System.Reflection.Emit;

namespace Orleans.Embedded.Calls;

/// <summary>Calls a method on a grain with boxed arguments. Void and value tasks become tasks.</summary>
internal delegate Task MethodInvoker(object target, object?[] arguments);

/// <summary>Compiles a method to its invoker, so that a call costs no reflection.</summary>
internal static class MethodInvokerCompiler
{
    public static MethodInvoker Compile(MethodInfo method)
    {
        var dynamic = new DynamicMethod(
            method.Name,
            typeof(Task),
            [typeof(object), typeof(object[])],
            typeof(MethodInvokerCompiler).Module,
            skipVisibility: true);
        var il = dynamic.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Castclass, method.DeclaringType!);
        var parameters = method.GetParameters();
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldelem_Ref);
            il.Emit(OpCodes.Unbox_Any, parameters[i].ParameterType);
        }

        il.Emit(OpCodes.Callvirt, method);
        EmitAsTask(il, method.ReturnType);
        il.Emit(OpCodes.Ret);
        return dynamic.CreateDelegate<MethodInvoker>();
    }

    private static void EmitAsTask(ILGenerator il, Type returnType)
    {
        if (returnType == typeof(void))
        {
            il.Emit(OpCodes.Call, typeof(Task).GetProperty(nameof(Task.CompletedTask))!.GetMethod!);
        }
        else if (returnType.IsValueType)
        {
            var result = il.DeclareLocal(returnType);
            il.Emit(OpCodes.Stloc, result);
            il.Emit(OpCodes.Ldloca, result);
            il.Emit(OpCodes.Call, returnType.GetMethod(nameof(ValueTask.AsTask))!);
        }
    }
}
