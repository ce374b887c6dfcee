using System.Text;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Hosting;

namespace OrleansStreaming.Cli.Tests.Support;

/// <summary>What one run of the tool left.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Fails with what the tool said.</summary>
    public ToolRun Done() => ExitCode == 0 ? this : throw new InvalidOperationException($"ostream ended with {ExitCode}.\n{Error}\n{Output}");

    /// <summary>Runs the tool over a fake cluster, which it reaches whatever address it names.</summary>
    public static Task<ToolRun> OverAsync(FakeCluster cluster, string[] arguments, string input = "") =>
        RunAsync(terminal => new Tool(terminal, TimeProvider.System, new Random(1), (_, _) => Task.FromResult<IClusterConnection>(cluster), Address), arguments, input);

    /// <summary>Runs the tool as it is.</summary>
    public static Task<ToolRun> RealAsync(string[] arguments, string input = "") =>
        RunAsync(terminal => ToolHosting.Over(terminal, _ => null), arguments, input);

    private static async Task<ToolRun> RunAsync(Func<Terminal, Tool> make, string[] arguments, string input)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        var tool = make(new Terminal(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error, isInteractive: false));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var exitCode = await new OstreamApplication(tool).RunAsync(arguments, limit.Token);
        return new ToolRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private static string? Address(string variable) => variable == "OSTREAM_BOOTSTRAP" ? "fake:9092" : null;
}
