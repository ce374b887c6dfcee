namespace Orleans.Core.Internal;

/// <summary>An activation that can let calls of a chain back in. Called in its turns; sections of one chain nest.</summary>
public interface ICallChainReentrantGrainContext
{
    void OnEnterReentrantSection(Guid reentrancyId);

    void OnExitReentrantSection(Guid reentrancyId);
}
