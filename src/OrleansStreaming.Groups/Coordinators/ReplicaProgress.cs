using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Coordinators;

/// <summary>Waits for a replica's high watermark, and tells when a leadership is over. Any thread.</summary>
internal sealed class ReplicaProgress : IProgressWaiter, IDisposable
{
    private readonly ILocalReplica _replica;
    private readonly LeaderEpoch _epoch;
    private readonly Action _onDeposed;
    private readonly TaskCompletionSource _committed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Offset _target;
    private int _isDeposed;

    /// <param name="target">What <see cref="Committed"/> waits for.</param>
    /// <param name="onDeposed">Called once, on whichever thread notices.</param>
    public ReplicaProgress(ILocalReplica replica, LeaderEpoch epoch, Offset target, Action onDeposed)
    {
        (_replica, _epoch, _target, _onDeposed) = (replica, epoch, target, onDeposed);
        replica.AddWaiter(this);
        OnProgress();
    }

    /// <summary>Completes when everything before the target is committed, or the leadership is over.</summary>
    public Task Committed => _committed.Task;

    public bool IsLeading => Leads(_replica.Status);

    public void OnProgress()
    {
        var status = _replica.Status;
        var isLeading = Leads(status);
        if (!isLeading || status.HighWatermark >= _target)
        {
            _committed.TrySetResult();
        }

        if (!isLeading && Interlocked.Exchange(ref _isDeposed, 1) == 0)
        {
            _onDeposed();
        }
    }

    public void Dispose() => _replica.RemoveWaiter(this);

    private bool Leads(ReplicaStatus status) => status.IsLeader && status.LeaderEpoch == _epoch;
}
