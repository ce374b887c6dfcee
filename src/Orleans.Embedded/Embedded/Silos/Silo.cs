using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Activations;
using Orleans.Embedded.Calls;
using Orleans.Embedded.Membership;
using Orleans.Runtime;

namespace Orleans.Embedded.Silos;

/// <summary>
/// Starts and stops the silo with its host, in stages: it takes part in the cluster before the application's services start, and
/// on the way back its grains are deactivated before those services stop.
/// </summary>
internal sealed class Silo(
    SiloLifecycle lifecycle,
    IEnumerable<ILifecycleParticipant<ISiloLifecycle>> participants,
    ISiloMembership membership,
    ISiloEndpoint endpoint,
    HaltSwitch halt,
    CallRouter router,
    PendingCalls pending,
    ActivationTable table,
    CollectionClock clock,
    IOptions<GrainCollectionOptions> collection,
    ILocalSiloDetails details,
    IHostApplicationLifetime application,
    ILogger<Silo> logger,
    [FromKeyedServices(TimeProviderNames.ActivationManagement)] TimeProvider time) : IHostedService, IDisposable
{
    private ITimer? _collector;
    private bool _isStopped;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Subscribe(ServiceLifecycleStage.RuntimeInitialize, Join, Leave);
        Subscribe(ServiceLifecycleStage.GrainDeactivation, StartCollecting, DeactivateAll);
        Subscribe(ServiceLifecycleStage.BecomeActive, BecomeActive, BeginToStop);
        membership.DeclaredDead += OnDeclaredDead;
        foreach (var participant in participants)
        {
            participant.Participate(lifecycle);
        }

        await lifecycle.OnStart(cancellationToken);
        logger.SiloIsActive(details.Name, details.SiloAddress);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_isStopped)
        {
            return;
        }

        _isStopped = true;
        try
        {
            await lifecycle.OnStop(cancellationToken);
        }
        catch (Exception failure)
        {
            logger.SiloFailedToStop(failure, details.Name);
        }
    }

    /// <summary>As after a crash: nothing runs any more, nobody is told, nothing is saved.</summary>
    public void Halt()
    {
        halt.Pull();
        router.Close();
        endpoint.Abort();
        _collector?.Dispose();
        FailPending();
    }

    /// <summary>A host that is disposed without having been stopped ends as if its process were killed.</summary>
    public void Dispose()
    {
        if (!_isStopped && !halt.IsPulled)
        {
            Halt();
        }
    }

    private void Subscribe(int stage, Func<Task> onStart, Func<CancellationToken, Task> onStop) =>
        lifecycle.Subscribe<Silo>(stage, _ => onStart(), onStop);

    private Task Join()
    {
        endpoint.Open();
        return membership.Become(SiloStatus.Joining);
    }

    private Task BecomeActive() => membership.Become(SiloStatus.Active);

    private async Task BeginToStop(CancellationToken cancellationToken)
    {
        if (!halt.IsPulled)
        {
            await membership.Become(SiloStatus.ShuttingDown);
        }

        router.Close();
    }

    private async Task Leave(CancellationToken cancellationToken)
    {
        if (!halt.IsPulled)
        {
            await membership.Become(SiloStatus.Stopping);
        }

        await endpoint.Close();
        if (!halt.IsPulled)
        {
            await membership.Become(SiloStatus.Dead);
        }

        FailPending();
    }

    private void FailPending()
    {
        pending.End(new SiloUnavailableException($"The silo {details.Name} has stopped."));
        pending.Dispose();
    }

    /// <summary>Its grains may be active elsewhere by now: not one more turn of them runs here.</summary>
    private void OnDeclaredDead()
    {
        Halt();
        application.StopApplication();
    }

    private void LeaveBehind()
    {
        if (table.All is { Count: > 0 } busy)
        {
            logger.ActivationsLeftBehind(details.Name, busy.Count, string.Join(", ", busy.Take(5)));
        }
    }

    private Task StartCollecting()
    {
        var quantum = collection.Value.CollectionQuantum;
        _collector = time.CreateTimer(static self => ((Silo)self!).Collect(), this, quantum, quantum);
        return Task.CompletedTask;
    }

    private void Collect()
    {
        clock.Step();
        foreach (var activation in table.All)
        {
            activation.DeactivateIfIdle();
        }
    }

    /// <summary>
    /// Waits for all grains to end as long as the host gives time. Those that are still busy then are left behind: the silo leaves the
    /// cluster all the same, and they end with the process, as after a crash.
    /// </summary>
    private async Task DeactivateAll(CancellationToken cancellationToken)
    {
        _collector?.Dispose();

        // Activations that were just being made when the router closed may appear in the table once more.
        while (!halt.IsPulled && table.All is { Count: > 0 } all)
        {
            foreach (var activation in all)
            {
                activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo is shutting down."), cancellationToken);
            }

            await Task.WhenAll(all.Select(activation => activation.Deactivated)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                LeaveBehind();
                return;
            }
        }
    }
}
