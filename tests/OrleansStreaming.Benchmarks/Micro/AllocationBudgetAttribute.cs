namespace OrleansStreaming.Benchmarks.Micro;

/// <summary>The most bytes one operation of a benchmark may allocate. More is a failure, here and in the tests.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AllocationBudgetAttribute(long bytes) : Attribute
{
    public long Bytes { get; } = bytes;
}
