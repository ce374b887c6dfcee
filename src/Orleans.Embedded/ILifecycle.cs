namespace Orleans;

/// <summary>Something that starts and stops in stages, lowest first, and tells its observers.</summary>
public interface ILifecycleObservable
{
    /// <summary>The observer is called once per start and stop, until the subscription is disposed.</summary>
    IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
}

/// <summary>Takes part in one stage. Observers of one stage run at the same time.</summary>
public interface ILifecycleObserver
{
    Task OnStart(CancellationToken cancellationToken = default);

    Task OnStop(CancellationToken cancellationToken = default);
}

/// <summary>Subscribes itself to a lifecycle; found in the container before the start.</summary>
public interface ILifecycleParticipant<TLifecycleObservable>
    where TLifecycleObservable : ILifecycleObservable
{
    void Participate(TLifecycleObservable lifecycle);
}

/// <summary>The stages of a silo.</summary>
public static class ServiceLifecycleStage
{
    public const int First = int.MinValue;
    public const int RuntimeInitialize = 2000;
    public const int RuntimeServices = 4000;
    public const int RuntimeStorageServices = 6000;
    public const int RuntimeGrainServices = 8000;
    public const int AfterRuntimeGrainServices = 8100;
    public const int ApplicationServices = 10000;
    public const int BecomeActive = Active - 1;
    public const int GrainDeactivation = BecomeActive - 1;
    public const int GrainDirectoryShutdown = GrainDeactivation - 1;
    public const int ValidateInitialConnectivity = Active - 100;
    public const int Active = 20000;
    public const int Last = int.MaxValue;
}
