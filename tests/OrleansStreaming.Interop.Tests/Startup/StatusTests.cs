using System.Net;
using OrleansStreaming.Interop.Tests.Brokers;

namespace OrleansStreaming.Interop.Tests.Startup;

/// <summary>Health and metrics over HTTP.</summary>
[Collection(SharedBroker.Name)]
public sealed class StatusTests(SharedBroker shared) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = shared.Broker.Http };

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task AReadyBrokerIsHealthy(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync(path)).StatusCode);

    [Fact]
    public async Task MetricsAreInPrometheusText()
    {
        using var response = await _http.GetAsync("/metrics");
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ", text, StringComparison.Ordinal);
        Assert.All(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Matches("^(# (HELP|TYPE) \\S+ .+|[a-z_][a-z0-9_]*(\\{.*\\})? \\S+)$", line));
    }

    [Fact]
    public async Task AnythingElseIsNotFound() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync("/no/such/page")).StatusCode);

    public void Dispose() => _http.Dispose();
}
