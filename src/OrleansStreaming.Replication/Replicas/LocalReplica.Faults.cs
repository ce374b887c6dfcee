using Microsoft.Extensions.Logging;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Replicas;

internal sealed partial class LocalReplica
{
    private bool _isFaultReported;

    /// <summary>Tells operators once that the log takes no more writes, and once that it does again. Under the gate.</summary>
    private void ReportWriteFault()
    {
        var fault = _log.WriteFault;
        if (_isFaultReported == fault is not null)
        {
            return;
        }

        _isFaultReported = fault is not null;
        if (fault is not null)
        {
            LogWriteFault(_logger, Partition, fault);
        }
        else
        {
            LogWritableAgain(_logger, Partition);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} takes no more writes, reads go on: {Fault}")]
    private static partial void LogWriteFault(ILogger logger, TopicPartition partition, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} takes writes again")]
    private static partial void LogWritableAgain(ILogger logger, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition}: asking for in-sync replicas [{Wanted}] instead of [{Known}]")]
    private static partial void LogProposal(ILogger logger, TopicPartition partition, string wanted, string known);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition} was cut from {Before} to {After} to agree with the leader of epoch {Epoch}")]
    private static partial void LogCut(ILogger logger, TopicPartition partition, Offset before, Offset after, LeaderEpoch epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} gives up leading in epoch {Epoch}: {Reason}")]
    private static partial void LogResigning(ILogger logger, TopicPartition partition, LeaderEpoch epoch, ErrorCode reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition}: {Damage} It is cut from {Before} to {After}, and caught up from the leader")]
    private static partial void LogDamageCut(ILogger logger, TopicPartition partition, string damage, Offset before, Offset after);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Partition}: broker {Follower} refuses what it was sent from {Offset} on as corrupt; it is checked here again")]
    private static partial void LogRefusedAsCorrupt(ILogger logger, TopicPartition partition, BrokerId follower, Offset offset);
}
