using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>Requests whose answers are still to come, by number. Used in the turns of one grain.</summary>
internal sealed class WaitingRequests
{
    private readonly Dictionary<long, IWaiting> _waiting = [];
    private long _last;

    private interface IWaiting
    {
        void Refuse(ErrorCode error);
    }

    /// <summary>A new request, and how it is refused when nobody can answer it any more.</summary>
    public (long Request, Task<T> Answer) Add<T>(Func<ErrorCode, T> refuse)
    {
        var waiting = new Waiting<T>(refuse);
        _waiting.Add(++_last, waiting);
        return (_last, waiting.Task);
    }

    public void Answer<T>(long request, T answer)
    {
        if (_waiting.Remove(request, out var waiting))
        {
            ((Waiting<T>)waiting).SetResult(answer);
        }
    }

    public void RefuseAll(ErrorCode error)
    {
        foreach (var waiting in _waiting.Values)
        {
            waiting.Refuse(error);
        }

        _waiting.Clear();
    }

    private sealed class Waiting<T>(Func<ErrorCode, T> refuse) : TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), IWaiting
    {
        public void Refuse(ErrorCode error) => SetResult(refuse(error));
    }
}
