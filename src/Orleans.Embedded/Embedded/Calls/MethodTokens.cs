using System.Buffers.Binary;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Orleans.Embedded.Calls;

/// <summary>Short names for grain methods between processes, made of what a method looks like.</summary>
internal static class MethodTokens
{
    public static ulong Of(MethodInfo method)
    {
        var owner = GrainInterface.NameOf(method.DeclaringType!);
        var parameters = string.Join(",", method.GetParameters().Select(parameter => parameter.ParameterType.ToString()));
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{owner}.{method.Name}({parameters})"));
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
