using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Server.Telemetry;

namespace OrleansStreaming.Server.Health;

/// <summary>Health for orchestrators, metrics for Prometheus, and a front door that says what is there. Plain text.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<IBrokerReadiness>();
        var metrics = routes.ServiceProvider.GetRequiredService<MetricsCollector>();

        routes.MapGet("/", context => Answer(
            context, StatusCodes.Status200OK,
            $"Orleans Streaming {ProductVersion.Text}\n/health/live\n/health/ready\n/metrics\n"));
        routes.MapGet("/health/live", context => Answer(context, StatusCodes.Status200OK, "live\n"));
        routes.MapGet("/health/ready", context => readiness.IsReady
            ? Answer(context, StatusCodes.Status200OK, "ready\n")
            : Answer(context, StatusCodes.Status503ServiceUnavailable, $"not ready: {readiness.Detail}\n"));
        routes.MapGet("/metrics", context =>
        {
            var writer = new PrometheusWriter();
            metrics.Write(writer);
            ProcessMetrics.Write(writer);
            return Answer(context, StatusCodes.Status200OK, writer.ToString(), PrometheusWriter.ContentType);
        });
    }

    private static Task Answer(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(text);
    }
}
