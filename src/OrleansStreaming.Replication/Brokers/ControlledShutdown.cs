using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// Before a broker stops it hands its leaderships to other in-sync replicas, so that clients see nothing but another leader.
/// Bounded: what nobody can take over ends with the process.
/// </summary>
internal sealed partial class ControlledShutdown(
    IGrainFactory grains, IClusterMetadata metadata, IOptions<BrokerOptions> options, TimeProvider time, ILogger<ControlledShutdown> logger)
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(200);

    /// <summary>So often in a row nobody could take anything over: the rest has no other replica in sync, and waiting is in vain.</summary>
    private const int MaxVainAttempts = 5;

    private readonly BrokerId _self = new(options.Value.BrokerId);

    /// <summary>Completes when nothing is led here any more, or when it is not worth waiting longer.</summary>
    public async Task RunAsync(long brokerEpoch, CancellationToken cancellationToken)
    {
        var layers = new BrokerConfigLayers { Static = new Dictionary<string, string>(options.Value.Configs) };
        var isAlone = !metadata.Current.Brokers.Values.Any(broker => broker.IsAlive && broker.Id != _self);
        if (isAlone || EffectiveConfigs.BrokerValue("controlled.shutdown.enable", layers) != "true")
        {
            return;
        }

        using var limit = new CancellationTokenSource(_limit, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await HandOverAsync(brokerEpoch, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            LogUnfinished(logger, "time is up");
        }
        catch (Exception exception)
        {
            LogUnfinished(logger, exception.Message);
        }
    }

    private async Task HandOverAsync(long brokerEpoch, CancellationToken stopping)
    {
        var controller = grains.GetGrain<IControllerGrain>(IControllerGrain.Key);
        var command = new BeginShutdownCommand { Broker = _self, BrokerEpoch = brokerEpoch };
        var (remaining, vain) = (int.MaxValue, 0);
        while (true)
        {
            var result = await controller.BeginShutdown(command).WaitAsync(stopping);
            if (result.Error != ErrorCode.None)
            {
                LogUnfinished(logger, result.Error.ToString());
                return;
            }

            if (result.RemainingLeaders == 0)
            {
                await metadata.WaitForVersionAsync(result.MetadataVersion, stopping);
                LogHandedOver(logger);
                return;
            }

            vain = result.RemainingLeaders < remaining ? 0 : vain + 1;
            remaining = result.RemainingLeaders;
            if (vain == MaxVainAttempts)
            {
                LogUnfinished(logger, $"{remaining} partitions have no other replica in sync");
                return;
            }

            await Task.Delay(_again, time, stopping);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "All leaderships are handed over")]
    private static partial void LogHandedOver(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping before all leaderships are handed over: {Reason}")]
    private static partial void LogUnfinished(ILogger logger, string reason);
}
