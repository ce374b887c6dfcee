using System.Reflection;

namespace Orleans.Embedded.Copying;

/// <summary>
/// Copies the members of a type, one by one, with compiled code. What is no member has in the copy the value that a new object
/// has. The members' copiers are looked up at the first copy, since types may contain themselves.
/// </summary>
internal sealed class MemberCopier<T>(Copiers copiers, IReadOnlyList<MemberInfo> members) : Copier<T>
{
    private Func<T, CopyContext, T>? _copy;

    public override T Copy(T value, CopyContext context)
    {
        if (value is null)
        {
            return value;
        }

        // Two threads may both compile: the results are alike.
        return (_copy ??= MemberCopyCompiler.Compile<T>(members, copiers))(value, context);
    }
}
