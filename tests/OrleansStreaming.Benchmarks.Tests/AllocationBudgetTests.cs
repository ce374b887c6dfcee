using OrleansStreaming.Allocations;
using OrleansStreaming.Benchmarks.Micro;

namespace OrleansStreaming.Benchmarks.Tests;

/// <summary>The micro-benchmarks' allocation budgets, held on every test run: where we claim nothing, it is nothing.</summary>
public sealed class AllocationBudgetTests
{
    private const int Operations = 200;

    public static TheoryData<string, string, long> Benchmarks
    {
        get
        {
            var data = new TheoryData<string, string, long>();
            foreach (var (method, budget) in MicroBenchmarks.Budgets)
            {
                data.Add(method.DeclaringType!.Name, method.Name, budget);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Benchmarks))]
    public void IsKept(string type, string name, long budget)
    {
        var benchmark = Activator.CreateInstance(MicroBenchmarks.Types.Single(candidate => candidate.Name == type))!;
        var operation = benchmark.GetType().GetMethod(name)!;
        var run = operation.ReturnType == typeof(long) ? Runner<long>(operation, benchmark)
            : operation.ReturnType == typeof(int) ? Runner<int>(operation, benchmark)
            : operation.ReturnType == typeof(uint) ? Runner<uint>(operation, benchmark)
            : Runner<OrleansStreaming.Records.Errors.ErrorCode>(operation, benchmark);

        var allocated = Allocated.Least(
            () =>
            {
                for (var i = 0; i < Operations; i++)
                {
                    run();
                }
            },
            enough: budget * Operations) / Operations;

        Assert.True(allocated <= budget, $"{type}.{name} allocates {allocated} B an operation; {budget} B are allowed.");
    }

    private static Action Runner<T>(System.Reflection.MethodInfo operation, object benchmark)
    {
        var run = operation.CreateDelegate<Func<T>>(benchmark);
        return () => run();
    }
}
