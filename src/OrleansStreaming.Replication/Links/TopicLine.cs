using Orleans;
using OrleansStreaming.Contracts.Cluster;

namespace OrleansStreaming.Replication.Links;

/// <summary>
/// What the leaders here have to say to their topics, one-way: the answer is the next description. Wishes for in-sync sets are
/// gathered for a moment, because brokers come and go for all partitions at once and a topic writes once for all it is told
/// together. Off the caller's stack, its locks and its grain. Any thread.
/// </summary>
internal sealed class TopicLine
{
    private static readonly TimeSpan _gathering = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<InSyncProposal>> _proposals = [];
    private readonly IGrainFactory _grains;
    private readonly ITimer _timer;

    public TopicLine(IGrainFactory grains, TimeProvider time)
    {
        _grains = grains;
        _timer = time.CreateTimer(_ => SendProposals(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Propose(string topic, InSyncProposal proposal)
    {
        lock (_gate)
        {
            if (_proposals.Count == 0)
            {
                _timer.Change(_gathering, Timeout.InfiniteTimeSpan);
            }

            if (!_proposals.TryGetValue(topic, out var waiting))
            {
                _proposals[topic] = waiting = [];
            }

            waiting.Add(proposal);
        }
    }

    public void Resign(string topic, LeaderResignation resignation) =>
        Tell(topic, grain => grain.Resign(resignation));

    private void SendProposals()
    {
        (string Topic, InSyncProposal[] Proposals)[] all;
        lock (_gate)
        {
            all = [.. _proposals.Select(entry => (entry.Key, entry.Value.ToArray()))];
            _proposals.Clear();
        }

        foreach (var (topic, proposals) in all)
        {
            Tell(topic, grain => grain.ProposeInSync(proposals));
        }
    }

    // What does not arrive is asked again.
    private void Tell(string topic, Func<ITopicGrain, Task> call)
    {
        using var detached = ExecutionContext.SuppressFlow();
        Task.Run(() => call(_grains.GetGrain<ITopicGrain>(topic))).ContinueWith(
            static task => _ = task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
