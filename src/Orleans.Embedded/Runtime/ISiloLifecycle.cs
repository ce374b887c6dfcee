namespace Orleans.Runtime;

/// <summary>The stages of a silo's start and, in reverse, of its stop.</summary>
public interface ISiloLifecycle : ILifecycleObservable
{
    int HighestCompletedStage { get; }

    int LowestStoppedStage { get; }
}

/// <summary>Runs once at a silo's start.</summary>
public interface IStartupTask
{
    /// <summary>An exception stops the start.</summary>
    Task Execute(CancellationToken cancellationToken);
}
