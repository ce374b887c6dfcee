using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansStreaming.Client.Hosting;

/// <summary>Whether this process sees a cluster with a living broker.</summary>
internal sealed class StreamingHealthCheck(IStreamingAdmin admin) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var cluster = await admin.DescribeClusterAsync(cancellationToken).ConfigureAwait(false);
            var living = cluster.Brokers.Count(broker => broker.IsAlive);
            return living > 0
                ? HealthCheckResult.Healthy($"{living} of {cluster.Brokers.Count} brokers are alive.")
                : new HealthCheckResult(context.Registration.FailureStatus, "No broker is alive.");
        }
        catch (StreamingException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure);
        }
    }
}
