using System.Reflection;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>A group whose coordinator is still loading.</summary>
internal class LoadingGroup : DispatchProxy
{
    public static IGroupGrain Create() => Create<IGroupGrain, LoadingGroup>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IGroupGrain.Join) => Task.FromResult(new JoinGroupResult { Error = ErrorCode.CoordinatorLoadInProgress }),
        nameof(IGroupGrain.Sync) => Task.FromResult(new SyncGroupResult { Error = ErrorCode.CoordinatorLoadInProgress }),
        nameof(IGroupGrain.Heartbeat) => Task.FromResult(ErrorCode.CoordinatorLoadInProgress),
        nameof(IGroupGrain.CommitOffsets) => Task.FromResult(new OffsetsResult { Error = ErrorCode.CoordinatorLoadInProgress }),
        _ => throw new NotSupportedException(targetMethod.Name),
    };
}
