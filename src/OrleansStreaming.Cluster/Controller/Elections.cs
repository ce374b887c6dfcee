using Microsoft.Extensions.Logging;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Holds elections wherever leaders and in-sync sets do not fit the brokers that are up. It may run beside a request of the
/// controller: a broker's death does not wait for a slow client's command. For the turns of the controller grain.
/// </summary>
internal sealed partial class Elections(ControllerTerm term, TopicCalls topics, TimeProvider time, ILogger logger)
{
    /// <summary>
    /// Descriptions that an election left as they are while these brokers are up: they need another broker, or a config, and are
    /// not asked about again before there is one.
    /// </summary>
    private readonly HashSet<(TopicId Topic, long Version)> _settled = [];

    /// <summary>Some of them wait for somebody's answer: they are held again with the next call.</summary>
    private bool _isWaiting;

    private LivingBrokers _living = LivingBrokers.None;
    private Task _running = Task.CompletedTask;
    private bool _again;

    /// <summary>As <see cref="HoldAsync"/>, after something changed that descriptions do not show.</summary>
    public Task HoldAnewAsync()
    {
        _settled.Clear();
        return HoldAsync();
    }

    /// <summary>
    /// Completes when every topic that needs it, as seen from now on, has been through an election. A topic that cannot be reached
    /// is left to the next call.
    /// </summary>
    public Task HoldAsync()
    {
        if (_running.IsCompleted)
        {
            _running = RunAsync();
        }
        else
        {
            _again = true;
        }

        return _running;
    }

    private async Task RunAsync()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            _settled.Clear();
        }

        do
        {
            _again = false;
            term.Machine.RefreshBrokers(term.Living());
            term.Publish();
            await PassAsync();
        }
        while (_again);
    }

    /// <summary>
    /// Each description is elected for once: what an election leaves as it is, needs something else than another one. A topic
    /// grain that does not answer, e.g. because its own silo is the one that died, is asked again soon.
    /// </summary>
    private async Task PassAsync()
    {
        for (var failures = 0; !term.IsOver && failures < TopicCalls.MaxAttempts;)
        {
            // While nobody is up there is nobody to elect, and to whom to tell.
            var living = term.Living();
            var due = living.Count == 0 ? [] : Due(living).ToArray();
            if (due.Length == 0)
            {
                return;
            }

            LogHeld(logger, due.Length);
            await topics.ElectAsync(due.Select(topic => new TopicElection(topic, ElectionKind.Living)), living);
            var answered = due.Where(topic => !topics.IsUnknown(topic.Name)).ToArray();
            _settled.UnionWith(answered.Select(topic => (topic.Id, topic.Version)));
            _isWaiting |= answered.Any(topic => topics.IsUnsettled(topic.Name));
            if (answered.Length < due.Length)
            {
                failures++;
                await Task.Delay(TopicCalls.RetryDelay, time);
            }
        }
    }

    private IEnumerable<TopicDescription> Due(LivingBrokers living)
    {
        if (!living.IsSameAs(_living))
        {
            _living = living;
            _settled.Clear();
        }

        return term.Machine.Metadata.Topics.Where(topic => ElectionNeeds.Of(topic, living) && !_settled.Contains((topic.Id, topic.Version)));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Electing leaders in {Count} topics")]
    private static partial void LogHeld(ILogger logger, int count);
}
