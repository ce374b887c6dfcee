using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Hosting;

namespace OrleansStreaming.Benchmarks.Sdk;

/// <summary>The SDK in a process of its own, over an Orleans client: this side asks for rounds, the other runs them.</summary>
internal sealed class ExternalClient : IAsyncDisposable
{
    private readonly Process _process;

    private ExternalClient(Process process) => _process = process;

    public static ExternalClient Start(string clusterDirectory) => new(Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { typeof(ExternalClient).Assembly.Location, "sdk-client", "--dir", clusterDirectory },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!);

    /// <returns>Records per second.</returns>
    /// <exception cref="InvalidOperationException">The other process failed, and has said why.</exception>
    public async Task<(double Produced, double Consumed)> RoundAsync(int records)
    {
        await _process.StandardInput.WriteLineAsync(records.ToString(CultureInfo.InvariantCulture));
        var answer = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The client's process has ended.");
        var rates = answer.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (rates[0], rates[1]);
    }

    /// <summary>The other process: a round for each line of its input.</summary>
    public static async Task ServeAsync(string clusterDirectory)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client.UseClusterDirectory(clusterDirectory));
        builder.Services.AddOrleansStreaming();
        using var host = builder.Build();
        await host.StartAsync();
        var streaming = host.Services.GetRequiredService<IStreamingClient>();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var (produced, consumed) = await SdkRound.RunAsync(streaming, int.Parse(line, CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{produced} {consumed}"));
        }

        await host.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
