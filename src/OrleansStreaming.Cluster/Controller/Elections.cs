using Microsoft.Extensions.Logging;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Holds elections wherever leaders and in-sync sets do not fit the brokers that are up. It may run beside a request of the
/// controller: a broker's death does not wait for a slow client's command. For the turns of the controller grain.
/// </summary>
internal sealed partial class Elections(ControllerTerm term, TopicCalls topics, ILogger logger)
{
    /// <summary>
    /// Descriptions that an election left as they are while these brokers are up: they need another broker, or a config, and are
    /// not asked about again before there is one.
    /// </summary>
    private readonly HashSet<(TopicId Topic, long Version)> _settled = [];

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
        do
        {
            _again = false;
            term.Machine.RefreshBrokers(term.Living());
            term.Publish();
            await PassAsync();
        }
        while (_again);
    }

    private async Task PassAsync()
    {
        var failed = new HashSet<(TopicId Topic, long Version)>();
        while (!term.IsOver)
        {
            // While nobody is up there is nobody to elect, and to whom to tell.
            var living = term.Living();
            var due = living.Count == 0 ? [] : Due(living).Where(topic => !failed.Contains((topic.Id, topic.Version))).ToArray();
            if (due.Length == 0)
            {
                return;
            }

            LogHeld(logger, due.Length);
            await topics.ElectAsync(due.Select(topic => new TopicElection(topic, ElectionKind.Living)), living);
            foreach (var topic in due)
            {
                (topics.IsUnknown(topic.Name) ? failed : _settled).Add((topic.Id, topic.Version));
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
