using Microsoft.Extensions.Logging;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// Holds elections wherever leaders and in-sync sets do not fit the brokers that are up. It may run beside a request of the
/// controller: a broker's death does not wait for a slow client's command. For the turns of the controller grain.
/// </summary>
internal sealed partial class Elections(ControllerTerm term, TopicCalls topics, ILogger logger)
{
    private Task _running = Task.CompletedTask;
    private bool _again;

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

    /// <summary>Each description is tried once: what an election leaves as it is, needs something else than another one.</summary>
    private async Task PassAsync()
    {
        var tried = new HashSet<(TopicId Topic, long Version)>();
        while (true)
        {
            // While nobody is up there is nobody to elect, and to whom to tell.
            var living = term.Living();
            if (living.Count == 0)
            {
                return;
            }

            var due = term.Machine.Metadata.Topics
                .Where(topic => ElectionNeeds.Of(topic, living) && tried.Add((topic.Id, topic.Version)))
                .ToArray();
            if (due.Length == 0)
            {
                return;
            }

            LogHeld(logger, due.Length);
            await topics.ElectAsync(due.Select(topic => new TopicElection(topic, ElectionKind.Living)), living);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Electing leaders in {Count} topics")]
    private static partial void LogHeld(ILogger logger, int count);
}
