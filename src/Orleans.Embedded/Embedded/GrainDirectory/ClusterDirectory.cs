using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Embedded.Activations;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Membership;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// The directory of a cluster: each active silo keeps the entries of its share of the grains. A grain is active on one silo at a time
/// as long as the silos reach each other, whatever silos come and go: who keeps an entry from now on first hears of all activations
/// there are. If a silo cannot be reached for long, grains of its may become active elsewhere too; when it can be again, the later
/// activation in the directory ends. Any thread.
/// </summary>
internal sealed class ClusterDirectory : IGrainLocator
{
    /// <summary>Who keeps an entry may end while it is asked; each try looks at the membership anew.</summary>
    private const int Tries = 4;

    private readonly SiloAddress _local;
    private readonly RemoteSilos _remotes;
    private readonly ILogger _logger;
    private readonly LocationCache _known = new();
    private readonly DirectoryViews _views;
    private readonly ActivationReports _reports;
    private readonly DirectoryKeeper _keeper;

    public ClusterDirectory(
        ILocalSiloDetails local,
        ISiloMembership membership,
        RemoteSilos remotes,
        ActivationTable table,
        HaltSwitch halt,
        IOptions<SharedDirectoryClusteringOptions> options,
        [FromKeyedServices(TimeProviderNames.GrainDirectory)] TimeProvider time,
        ILogger<ClusterDirectory> logger)
    {
        _local = local.SiloAddress;
        _remotes = remotes;
        _logger = logger;
        _views = new DirectoryViews(_local, membership);
        _reports = new ActivationReports(_local, _views, table, _known);
        _keeper = new DirectoryKeeper(_local, _views, remotes, _reports, halt, time, 2 * options.Value.SilenceTimeout, logger);
        membership.Changed += OnMembershipChanged;
        remotes.DirectoryAsked += OnAsked;
    }

    public bool TryFindKnown(GrainId grainId, [NotNullWhen(true)] out SiloAddress? silo) => _known.TryGet(grainId, out silo);

    public async ValueTask<SiloAddress?> Find(GrainId grainId)
    {
        var (silo, _) = await Ask(DirectoryOperation.Find, grainId, 0).ConfigureAwait(false);
        if (silo is not null && !silo.Equals(_local))
        {
            _known.Learn(grainId, silo);
        }

        return silo;
    }

    public void Learn(GrainId grainId, SiloAddress silo) => _known.Learn(grainId, silo);

    public void Forget(GrainId grainId, SiloAddress silo) => _known.Forget(grainId, silo);

    public async ValueTask<SiloAddress> Register(Activation activation)
    {
        while (true)
        {
            var (winner, view) = await Ask(DirectoryOperation.Register, activation.GrainId, activation.Number).ConfigureAwait(false);
            activation.IsRegistered = winner is null || winner.Equals(_local);
            if (!activation.IsRegistered)
            {
                return winner!;
            }

            // Whoever keeps the entry from the next view on either hears of this activation, or is asked here.
            Interlocked.MemoryBarrier();
            if (ReferenceEquals(view, _views.Current))
            {
                return _local;
            }
        }
    }

    public void Unregister(GrainId grainId, long activation) => _reports.TellEnd(() =>
    {
        var view = _views.Current;
        var keeper = view.KeeperOf(grainId) ?? _local;

        // Whoever asks this silo for the grain meanwhile finds a new activation: nothing depends on this arriving.
        _ = Ask(keeper, new DirectoryRequest(DirectoryOperation.Unregister, view.Version, _local, [(grainId, activation)]))
            .ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
    });

    private async ValueTask<(SiloAddress? Silo, DirectoryView View)> Ask(DirectoryOperation operation, GrainId grainId, long activation)
    {
        for (var tries = 1; ;)
        {
            var view = _views.Current;
            var keeper = view.KeeperOf(grainId) ?? _local;
            try
            {
                var answer = await Ask(keeper, new DirectoryRequest(operation, view.Version, _local, [(grainId, activation)])).ConfigureAwait(false);
                if (answer.Silos is { } silos)
                {
                    return (silos[0], view);
                }

                await _views.Reach(answer.Version).ConfigureAwait(false);
            }
            catch (OrleansMessageRejectionException) when (tries++ < Tries)
            {
                await _views.Refresh().ConfigureAwait(false);
            }
        }
    }

    private Task<DirectoryAnswer> Ask(SiloAddress keeper, DirectoryRequest request) =>
        keeper.Equals(_local) ? _keeper.Answer(request).AsTask() : _remotes.Ask(keeper, request);

    private void OnAsked(Session session, WireReader message)
    {
        var (number, request) = DirectoryMessages.Read(message);
        if (request.Operation == DirectoryOperation.Report)
        {
            _ = Report(session, number, request);
            return;
        }

        var answer = _keeper.Answer(request);
        if (answer.IsCompletedSuccessfully)
        {
            session.Answer(number, answer.Result);
        }
        else
        {
            _ = AnswerLater(session, number, answer);
        }
    }

    private static async Task AnswerLater(Session session, long number, ValueTask<DirectoryAnswer> answer)
    {
        try
        {
            session.Answer(number, await answer.ConfigureAwait(false));
        }
        catch (Exception failure)
        {
            session.Break(failure);
        }
    }

    private async Task Report(Session session, long number, DirectoryRequest request)
    {
        try
        {
            var asker = await _remotes.Open(request.Asker).ConfigureAwait(false);
            await _reports.Report(request, asker.Ask).ConfigureAwait(false);
            session.Answer(number, new DirectoryAnswer(request.Version, []));
        }
        catch (Exception failure)
        {
            _logger.NotRegisteredAnew(failure, request.Asker);
            session.Answer(number, new DirectoryAnswer(request.Version, null));
        }
    }

    private void OnMembershipChanged(ClusterMembershipSnapshot snapshot)
    {
        var view = new DirectoryView(snapshot);
        var recovery = _keeper.Adopt(view);
        _views.Publish(view);
        _known.ForgetAll(view.IsGone);
        if (recovery is not null)
        {
            _ = Task.Run(() => _keeper.Recover(recovery));
        }
    }
}
