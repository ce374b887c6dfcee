using System.Diagnostics;

namespace OrleansStreaming.Benchmarks.Processes;

/// <summary>A C program of the folder <c>native</c>, compiled when it is first needed (gcc, and what it links against).</summary>
internal sealed class NativeProgram
{
    private readonly string _path;

    private NativeProgram(string path) => _path = path;

    /// <exception cref="InvalidOperationException">It does not compile; the message shows why.</exception>
    public static async Task<NativeProgram> BuildAsync(string name, params string[] libraries)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "bench")).FullName;
        var program = Path.Combine(folder, name);
        var source = Path.Combine(AppContext.BaseDirectory, "native", $"{name}.c");
        if (!File.Exists(program) || File.GetLastWriteTimeUtc(program) < File.GetLastWriteTimeUtc(source))
        {
            try
            {
                await RunAsync("gcc", ["-O2", source, "-o", program, .. libraries.Select(library => $"-l{library}")]);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{name} needs gcc{string.Concat(libraries.Select(library => $" and lib{library}-dev"))}: {failure.Message}", failure);
            }
        }

        return new NativeProgram(program);
    }

    /// <returns>What it prints.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public Task<string> RunAsync(params string[] arguments) => RunAsync(_path, arguments);

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{Path.GetFileName(program)}: {await errors}");
    }
}
