using Microsoft.Extensions.Logging;
using OrleansStreaming.Client.Groups;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Consuming;

internal sealed partial class ConsumerSession
{
    /// <summary>The group's committed positions; null without a group.</summary>
    public GroupOffsets? Offsets { get; init; }

    /// <summary>Commits what is processed and not committed yet.</summary>
    /// <exception cref="CommitFailedException">The group has moved on.</exception>
    /// <exception cref="BrokerUnavailableException">The coordinator did not answer in time.</exception>
    public async Task CommitProcessedAsync(CancellationToken cancellationToken)
    {
        if (KeyReports is { } member)
        {
            await member.ReportAsync(withProcessed: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        var positions = new Dictionary<TopicPartition, (Offset Offset, LeaderEpoch Epoch)>();
        lock (_gate)
        {
            foreach (var (partition, (state, _)) in _assigned)
            {
                if (state.Processed != state.Committed)
                {
                    positions.Add(partition, (state.Processed, state.LeaderEpoch));
                }
            }
        }

        await CommitAsync(positions, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="CommitProcessedAsync"/>
    public async Task CommitAsync(IReadOnlyDictionary<TopicPartition, (Offset Offset, LeaderEpoch Epoch)> positions, CancellationToken cancellationToken)
    {
        if (positions.Count == 0)
        {
            return;
        }

        await Offsets!.CommitAsync(positions, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var (partition, (offset, _)) in positions)
            {
                if (_assigned.TryGetValue(partition, out var entry))
                {
                    entry.State.Committed = offset;
                }
            }
        }
    }

    /// <summary>As <see cref="CommitProcessedAsync"/>; what fails is logged, since the records are only read again.</summary>
    public async Task CommitQuietlyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await CommitProcessedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StreamingException failure)
        {
            LogCommitFailed(_logger, Options.GroupId, failure.Message);
        }
    }

    /// <summary>Commits again and again until stopped.</summary>
    public async Task CommitPeriodicallyAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(Options.CommitInterval, Link.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stopping.IsCancellationRequested)
            {
                await CommitQuietlyAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Positions of group {Group} were not committed; records may be read again: {Reason}")]
    private static partial void LogCommitFailed(ILogger logger, string? group, string reason);
}
