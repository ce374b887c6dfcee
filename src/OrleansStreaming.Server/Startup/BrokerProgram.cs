using System.Collections;
using Microsoft.Extensions.Hosting;
using OrleansStreaming.Server.CommandLine;
using OrleansStreaming.Server.Configuration;
using OrleansStreaming.Server.Endpoints;
using OrleansStreaming.Server.Hosting;

namespace OrleansStreaming.Server.Startup;

/// <summary>The life of the process: read the options, take the ports, run the broker until it is told to stop.</summary>
internal static class BrokerProgram
{
    /// <returns>0 after help or an orderly stop, 1 when the broker cannot run here, 2 when an option is wrong.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        ServerOptions options;
        try
        {
            var commandLine = new ServerCommandLine().Parse(arguments);
            if (commandLine is null)
            {
                return 0;
            }

            var workingDirectory = Directory.GetCurrentDirectory();
            options = ServerOptionsReader.Read(OptionSources.Combine(workingDirectory, EnvironmentVariables(), commandLine), workingDirectory);
        }
        catch (OptionsException failure)
        {
            errors.WriteLine($"error: {failure.Message}");
            return 2;
        }

        try
        {
            using var addresses = BoundAddresses.Bind(options);
            await using var host = BrokerHost.Build(options, addresses);
            await host.StartAsync();
            await output.WriteAsync(StartupBlock.For(options, addresses));
            await output.FlushAsync();
            await host.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failure) when (StartupFailure.Explain(failure) is { } reason)
        {
            errors.WriteLine($"error: {reason}");
            return 1;
        }
    }

    private static Dictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
