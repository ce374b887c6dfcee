namespace OrleansStreaming.Groups.Tests.Machine;

internal static class Fluency
{
    public static TResult Let<T, TResult>(this T value, Func<T, TResult> use) => use(value);
}
