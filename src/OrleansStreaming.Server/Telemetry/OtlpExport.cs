using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OrleansStreaming.Server.Telemetry;

/// <summary>Sends the product's metrics and traces over OTLP; only registered when an endpoint is configured.</summary>
internal sealed class OtlpExport(Uri endpoint, int brokerId) : IHostedService, IDisposable
{
    private const string Product = "OrleansStreaming.*";

    private MeterProvider? _meters;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(
            "orleans-streaming", serviceVersion: ProductVersion.Text, serviceInstanceId: $"broker-{brokerId}");
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Product)
            .AddOtlpExporter(options => Target(options, "v1/metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Product)
            .AddOtlpExporter(options => Target(options, "v1/traces"))
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose(); // flushes
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
        _meters = null;
        _traces = null;
    }

    /// <summary>
    /// 4318 is the port of OTLP over HTTP, where each signal has a path of its own; everything else is spoken to over gRPC, the
    /// exporter's default, unless OTEL_EXPORTER_OTLP_PROTOCOL says otherwise.
    /// </summary>
    private void Target(OtlpExporterOptions options, string path)
    {
        if (endpoint.Port == 4318)
        {
            options.Protocol = OtlpExportProtocol.HttpProtobuf;
        }

        options.Endpoint = options.Protocol == OtlpExportProtocol.HttpProtobuf && endpoint.AbsolutePath == "/"
            ? new Uri(endpoint, path)
            : endpoint;
    }
}
