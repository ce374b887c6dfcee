using System.Diagnostics;

namespace OrleansStreaming.Client.Tests.Support;

/// <summary>Listens to the client's trace spans.</summary>
internal sealed class TestTraces : IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == "OrleansStreaming.Client",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    };

    public TestTraces() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();
}
