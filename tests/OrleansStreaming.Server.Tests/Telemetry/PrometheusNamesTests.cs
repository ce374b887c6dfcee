using OrleansStreaming.Server.Telemetry;

namespace OrleansStreaming.Server.Tests.Telemetry;

public sealed class PrometheusNamesTests
{
    [Theory]
    [InlineData("kafka.request.duration", "s", false, "kafka_request_duration_seconds")]
    [InlineData("log.size", "By", false, "log_size_bytes")]
    [InlineData("log.appended", "By", true, "log_appended_bytes_total")]
    [InlineData("log.records", "{record}", true, "log_records_total")]
    [InlineData("log.records_total", null, true, "log_records_total")]
    [InlineData("2nd", null, false, "_2nd")]
    [InlineData("Mixed-Case", "furlong", false, "mixed_case_furlong")]
    public void FollowOpenTelemetrysRules(string instrument, string? unit, bool isCounter, string family) =>
        Assert.Equal(family, PrometheusNames.Family(instrument, unit, isCounter));
}
