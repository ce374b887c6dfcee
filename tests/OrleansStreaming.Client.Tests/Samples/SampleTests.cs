using System.Diagnostics;
using OrleansStreaming.Client.Tests.Support;

namespace OrleansStreaming.Client.Tests.Samples;

/// <summary>The samples build with this project and run as anybody would run them.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task OrdersAreBilled()
    {
        using var process = SampleProcess.Start("Orders");
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();

        Assert.Contains("ann: 15 apples", output);
        Assert.Contains("dan: 15 apples", output);
    }

    [Fact]
    public async Task TheConsoleClientEchoesItsLines()
    {
        using var process = SampleProcess.Start("ConsoleClient");
        await process.StandardInput.WriteAsync("one\ntwo\nthree\n");
        process.StandardInput.Close();

        Assert.Equal("one\ntwo\nthree\n", await process.StandardOutput.ReadToEndAsync());
    }

    [Fact]
    public async Task TheWebApplicationCountsItsOwnWords()
    {
        var folder = Directory.CreateTempSubdirectory("orleans-streaming-sample-").FullName;
        using var process = SampleProcess.Start("CoHosted", "--urls", "http://127.0.0.1:0", "--folder", folder, "--Logging:Console:FormatterName", "simple");
        try
        {
            using var limit = new CancellationTokenSource(BrokerFixture.Limit);
            const string Listening = "Now listening on: ";
            string? line;
            do
            {
                line = await process.StandardOutput.ReadLineAsync(limit.Token);
            }
            while (line is not null && !line.Contains(Listening));

            Assert.NotNull(line);
            using var http = new HttpClient { BaseAddress = new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()) };
            (await http.PostAsync("/words/hello", null, limit.Token)).EnsureSuccessStatusCode();
            while (await http.GetStringAsync("/words/hello", limit.Token) != "1")
            {
                await Task.Yield();
            }

            Assert.Equal("Healthy", await http.GetStringAsync("/health", limit.Token));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
