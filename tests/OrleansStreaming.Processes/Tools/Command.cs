using System.Diagnostics;

namespace OrleansStreaming.Processes.Tools;

/// <summary>Runs other people's programs. One that takes too long is killed, by its own id, and fails the test.</summary>
public static class Command
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    public static Task<CommandResult> RunAsync(string program, params string[] arguments) => RunAsync(program, arguments, null);

    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input,
        IReadOnlyDictionary<string, string>? environment = null,
        TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(patience ?? _patience);
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end.\n{await errors}");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }
}
