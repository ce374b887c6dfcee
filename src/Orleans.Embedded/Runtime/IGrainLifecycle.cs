namespace Orleans.Runtime;

/// <summary>The stages of an activation: started before its first request, stopped in reverse after its last.</summary>
public interface IGrainLifecycle : ILifecycleObservable;

/// <summary>The stages of an activation.</summary>
public static class GrainLifecycleStage
{
    public const int First = int.MinValue;
    public const int SetupState = 1000;
    public const int Activate = 2000;
    public const int Last = int.MaxValue;
}
