using Microsoft.Extensions.Logging;
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
}
