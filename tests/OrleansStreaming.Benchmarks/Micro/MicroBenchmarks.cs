using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace OrleansStreaming.Benchmarks.Micro;

/// <summary>Runs the micro-benchmarks in this process (no generated projects to build) and holds them to their budgets.</summary>
internal static class MicroBenchmarks
{
    public static readonly Type[] Types = [typeof(BatchBenchmarks), typeof(CodecBenchmarks)];

    /// <summary>Every benchmark method and the bytes it may allocate.</summary>
    public static IEnumerable<(MethodInfo Method, long Budget)> Budgets =>
        from type in Types
        from method in type.GetMethods()
        let budget = method.GetCustomAttribute<AllocationBudgetAttribute>()
        where budget is not null
        select (method, budget.Bytes);

    public static int Run(string filter)
    {
        var config = DefaultConfig.Instance
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .WithArtifactsPath(Path.Combine(Processes.Repository.Root, "artifacts", "bench", "micro"));
        var summaries = BenchmarkSwitcher.FromTypes(Types).Run(["--filter", filter], config).ToArray();
        var failures = summaries.SelectMany(summary => summary.Reports).Count(report => !IsWithinBudget(report));
        Console.WriteLine(failures == 0 ? "Every benchmark is within its allocation budget." : $"{failures} benchmarks allocate more than they may.");
        return failures == 0 && summaries.Length > 0 ? 0 : 1;
    }

    private static bool IsWithinBudget(BenchmarkReport report)
    {
        var method = report.BenchmarkCase.Descriptor.WorkloadMethod;
        var budget = method.GetCustomAttribute<AllocationBudgetAttribute>()!.Bytes;
        var allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
        var isWithin = report.Success && allocated <= budget;
        Console.WriteLine($"  {method.Name,-28} {allocated,8} B of {budget} B {(isWithin ? "" : "EXCEEDED")}");
        return isWithin;
    }
}
