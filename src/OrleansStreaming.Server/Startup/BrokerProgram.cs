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
    /// <returns>
    /// 0 after help or an orderly stop, 1 when the broker cannot run here, 2 when an option is wrong, 3 when the cluster has declared
    /// it dead and it is to be started again.
    /// </returns>
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
            var fate = SiloFate.Of(host.Services);
            await output.WriteAsync(StartupBlock.For(options, addresses));
            await output.FlushAsync();
            await host.WaitForShutdownAsync();
            if (!fate.WasDeclaredDead)
            {
                return 0;
            }

            errors.WriteLine(
                $"error: the cluster has declared broker {options.BrokerId} dead, because it stood still or could not be reached, and goes on without it; start it again");
            return 3;
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
