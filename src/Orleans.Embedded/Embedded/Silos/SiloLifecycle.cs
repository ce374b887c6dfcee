using Orleans.Embedded.Activations;
using Orleans.Runtime;

namespace Orleans.Embedded.Silos;

internal sealed class SiloLifecycle : Lifecycle, ISiloLifecycle
{
    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    protected override void OnStageStarted(int stage) => HighestCompletedStage = stage;

    protected override void OnStageStopped(int stage) => LowestStoppedStage = stage;
}
