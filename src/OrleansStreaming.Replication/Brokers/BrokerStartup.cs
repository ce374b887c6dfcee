using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Directories;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// How a broker comes up: it registers with its data directory's cluster id, removes what was deleted while it was away, recovers
/// its logs, and only then asks to lead. Every step may be repeated after a crash.
/// </summary>
internal sealed partial class BrokerStartup(
    IGrainFactory grains,
    IClusterMetadata metadata,
    BrokerReplicas replicas,
    BrokerReadiness readiness,
    FormerSilos formerSilos,
    IOptions<BrokerOptions> options,
    ILocalSiloDetails silo,
    Func<Guid> newGuid,
    TimeProvider time,
    ILogger<BrokerStartup> logger)
{
    /// <summary>The controller may be moving or starting; after this long something is wrong that people should see.</summary>
    private const int MaxAttempts = 60;

    /// <summary>So many controllers in a row that were replaced and do not know it: something is wrong that people should see.</summary>
    private const int MaxRegistrations = 3;

    private static readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(500);

    private readonly BrokerId _self = new(options.Value.BrokerId);
    private readonly Guid _incarnation = newGuid();
    private bool _hasLost;

    private IControllerGrain Controller => grains.GetGrain<IControllerGrain>(IControllerGrain.Key);

    /// <exception cref="BrokerStartException">The cluster refuses this broker, or its controller does not answer.</exception>
    /// <exception cref="LogDirectoryException">The data directory belongs to another cluster.</exception>
    public async Task RunAsync(LogDirectory directory, CancellationToken cancellationToken)
    {
        readiness.Set(false, "registering with the cluster");
        if (directory.ClusterId is not null)
        {
            // Not with a new directory: who has the broker's id then may well live, and have another.
            await formerSilos.EndAsync(cancellationToken);
        }

        var registered = await RegisterAsync(directory, cancellationToken);
        directory.SetClusterId(registered.ClusterId);
        directory.MarkTold();
        replicas.Attach(directory, registered.BrokerEpoch);
        readiness.Set(false, "recovering logs");
        var snapshot = await RetryAsync(() => Controller.Tail(-1), cancellationToken);
        var progress = new RecoveryProgress(readiness);
        var dropped = await replicas.OpenAllAsync(snapshot, registered.DeletedTopics, progress, cancellationToken);

        if (replicas.HasLost && directory.HasLostNothing)
        {
            // Not before the logs were opened did anybody know. It gets another epoch, under which nobody trusts it yet.
            _hasLost = true;
            await replicas.ReregisterAsync((await RegisterAsync(directory, cancellationToken)).BrokerEpoch);
        }

        readiness.Set(false, "waiting for leadership");
        var announced = await AnnounceAsync(directory, dropped, cancellationToken);
        await metadata.WaitForVersionAsync(announced.MetadataVersion, cancellationToken);
        await replicas.ApplyAsync(metadata.Current);
        LogReady(logger, _self, registered.ClusterId);
        readiness.Set(true, "ready");
    }

    private async Task<RegisterBrokerResult> RegisterAsync(LogDirectory directory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var registered = await RetryAsync(() => Controller.RegisterBroker(Registration(directory)), cancellationToken);
            if (registered.Refusal is not { } refusal)
            {
                return registered;
            }

            if (!registered.MayPass || attempt == MaxAttempts)
            {
                throw new BrokerStartException($"Broker {_self} may not join the cluster: {refusal}");
            }

            LogNotYet(logger, refusal);
            await Task.Delay(_retryDelay, time, cancellationToken);
        }
    }

    /// <summary>
    /// A refusal may come from a controller that was replaced and does not know of the registration: to register again settles
    /// which it is, because the replaced one cannot write.
    /// </summary>
    private async Task<AnnounceReadyResult> AnnounceAsync(LogDirectory directory, IReadOnlyList<TopicId> dropped, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var announced = await RetryAsync(
                () => Controller.AnnounceReady(new AnnounceReadyCommand { Broker = _self, Incarnation = _incarnation, DroppedTopics = dropped }),
                cancellationToken);
            if (announced.Error == ErrorCode.None)
            {
                return announced;
            }

            if (attempt == MaxRegistrations)
            {
                throw new BrokerStartException($"Broker {_self} was superseded while it started: {announced.Error}.");
            }

            var registered = await RegisterAsync(directory, cancellationToken);
            await replicas.ReregisterAsync(registered.BrokerEpoch);
        }
    }

    private RegisterBrokerCommand Registration(LogDirectory directory) => new()
    {
        Broker = new BrokerDescription
        {
            Id = _self,
            Host = options.Value.AdvertisedHost,
            Port = options.Value.AdvertisedPort,
            Rack = options.Value.Rack,
        },
        KnownClusterId = directory.ClusterId,
        Incarnation = _incarnation,
        Silo = silo.SiloAddress.ToParsableString(),
        HasLostNothing = directory.HasLostNothing && !_hasLost,
    };

    private async Task<T> RetryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call().WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                if (attempt == MaxAttempts)
                {
                    throw new BrokerStartException($"The controller does not answer: {exception.Message}", exception);
                }

                LogRetry(logger, exception.Message);
                await Task.Delay(_retryDelay, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Broker {Broker} of cluster {ClusterId} is ready")]
    private static partial void LogReady(ILogger logger, BrokerId broker, string clusterId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The controller does not take this broker yet, trying again: {Reason}")]
    private static partial void LogNotYet(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The controller did not answer, trying again: {Reason}")]
    private static partial void LogRetry(ILogger logger, string reason);

    private sealed class RecoveryProgress(BrokerReadiness readiness) : IProgress<(int Opened, int Total)>
    {
        public void Report((int Opened, int Total) value) => readiness.Set(false, $"recovered {value.Opened} of {value.Total} logs");
    }
}
