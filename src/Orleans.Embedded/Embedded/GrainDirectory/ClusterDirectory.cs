using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Orleans.Embedded.Activations;
using Orleans.Embedded.Connections;
using Orleans.Embedded.Membership;
using Orleans.Embedded.Remoting;
using Orleans.Embedded.Serialization;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// The directory of a cluster: each active silo keeps the entries of its share of the grains. When silos come or go, the hosts of
/// activations register them anew with whoever keeps their entries then; of two activations the later one ends. Any thread.
/// </summary>
internal sealed class ClusterDirectory : IGrainLocator
{
    /// <summary>Who keeps an entry may change while it is asked; each try looks at the membership anew.</summary>
    private const int Tries = 4;

    private readonly SiloAddress _local;
    private readonly ISiloMembership _membership;
    private readonly RemoteSilos _remotes;
    private readonly ActivationTable _table;
    private readonly ILogger _logger;
    private readonly LocationCache _known = new();
    private readonly DirectoryPartition _partition = new();
    private volatile DirectoryOwners _owners = DirectoryOwners.None;

    public ClusterDirectory(
        ILocalSiloDetails local,
        ISiloMembership membership,
        RemoteSilos remotes,
        ActivationTable table,
        ILogger<ClusterDirectory> logger)
    {
        _local = local.SiloAddress;
        _membership = membership;
        _remotes = remotes;
        _table = table;
        _logger = logger;
        membership.Changed += OnMembershipChanged;
        remotes.DirectoryAsked += OnAsked;
    }

    public bool TryFindKnown(GrainId grainId, [NotNullWhen(true)] out SiloAddress? silo) => _known.TryGet(grainId, out silo);

    public async ValueTask<SiloAddress?> Find(GrainId grainId)
    {
        var silo = await AskForOne(DirectoryOperation.Find, grainId, 0).ConfigureAwait(false);
        if (silo is not null && !silo.Equals(_local))
        {
            _known.Learn(grainId, silo);
        }

        return silo;
    }

    public void Learn(GrainId grainId, SiloAddress silo) => _known.Learn(grainId, silo);

    public void Forget(GrainId grainId, SiloAddress silo) => _known.Forget(grainId, silo);

    public async ValueTask<SiloAddress> Register(GrainId grainId, long activation) =>
        await AskForOne(DirectoryOperation.Register, grainId, activation).ConfigureAwait(false) ?? _local;

    public void Unregister(GrainId grainId, long activation)
    {
        var owner = _owners.Of(grainId);
        if (owner is null || owner.Equals(_local))
        {
            _partition.Unregister(grainId, new(_local, activation));
        }
        else
        {
            // Whoever asks this silo for the grain meanwhile finds a new activation: nothing depends on this arriving.
            _ = Ask(owner, Request(DirectoryOperation.Unregister, [(grainId, activation)]))
                .ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        }
    }

    private async ValueTask<SiloAddress?> AskForOne(DirectoryOperation operation, GrainId grainId, long activation)
    {
        for (var tries = 1; ; tries++)
        {
            var owner = _owners.Of(grainId) ?? _local;
            var request = Request(operation, [(grainId, activation)]);
            if (owner.Equals(_local))
            {
                return Answer(request)[0];
            }

            try
            {
                return (await Ask(owner, request).ConfigureAwait(false))[0];
            }
            catch (OrleansMessageRejectionException) when (tries < Tries)
            {
                await _membership.Refresh().ConfigureAwait(false);
            }
        }
    }

    private DirectoryRequest Request(DirectoryOperation operation, IReadOnlyList<(GrainId, long)> entries) =>
        new(operation, _membership.CurrentSnapshot.Version, _local, entries);

    private async Task<SiloAddress?[]> Ask(SiloAddress owner, DirectoryRequest request)
    {
        var session = await _remotes.Open(owner).ConfigureAwait(false);
        var answer = new DirectoryMessages.Answer();
        var number = session.Await(answer);
        var message = WireWriters.Rent();
        DirectoryMessages.Write(message, number, request);
        session.Send(message);
        return await answer.Silos.ConfigureAwait(false);
    }

    private void OnAsked(Session session, WireReader message)
    {
        var (number, request) = DirectoryMessages.Read(message);
        if (request.Version <= _membership.CurrentSnapshot.Version)
        {
            Reply(session, number, request);
        }
        else
        {
            _ = ReplyLater(session, number, request);
        }
    }

    /// <summary>The asker has seen a newer membership: what it does not have any more must be forgotten first.</summary>
    private async Task ReplyLater(Session session, long number, DirectoryRequest request)
    {
        try
        {
            await _membership.Refresh(request.Version).ConfigureAwait(false);
            Reply(session, number, request);
        }
        catch (Exception failure)
        {
            session.Break(failure);
        }
    }

    private void Reply(Session session, long number, DirectoryRequest request)
    {
        var reply = WireWriters.Rent();
        DirectoryMessages.WriteAnswer(reply, number, Answer(request));
        try
        {
            session.Send(reply);
        }
        catch (OrleansMessageRejectionException failure)
        {
            session.Break(failure);
        }
    }

    private SiloAddress?[] Answer(DirectoryRequest request)
    {
        var silos = new SiloAddress?[request.Entries.Count];
        for (var i = 0; i < silos.Length; i++)
        {
            var (grainId, activation) = request.Entries[i];
            switch (request.Operation)
            {
                case DirectoryOperation.Find:
                    silos[i] = _partition.Find(grainId);
                    break;
                case DirectoryOperation.Register when !IsGone(request.Asker):
                    silos[i] = _partition.Register(grainId, new(request.Asker, activation));
                    break;
                case DirectoryOperation.Unregister:
                    _partition.Unregister(grainId, new(request.Asker, activation));
                    break;
            }
        }

        return silos;
    }

    private void OnMembershipChanged(ClusterMembershipSnapshot snapshot)
    {
        var before = _owners;
        var owners = new DirectoryOwners([.. snapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => member.SiloAddress)]);
        _owners = owners;
        _known.ForgetAll(IsGone);
        _partition.RemoveAll((grainId, silo) => IsGone(silo) || !_local.Equals(owners.Of(grainId) ?? _local));
        var moved = _table.All
            .Where(activation => owners.Of(activation.GrainId) is { } owner && !owner.Equals(before.Of(activation.GrainId)))
            .GroupBy(activation => owners.Of(activation.GrainId)!)
            .ToList();
        foreach (var share in moved)
        {
            _ = RegisterAnew(share.Key, [.. share]);
        }
    }

    private async Task RegisterAnew(SiloAddress owner, Activation[] activations)
    {
        try
        {
            var winners = await Register(owner, activations).ConfigureAwait(false);
            for (var i = 0; i < activations.Length; i++)
            {
                if (winners[i] is { } winner && !winner.Equals(_local))
                {
                    _known.Learn(activations[i].GrainId, winner);
                    activations[i].Deactivate(new(DeactivationReasonCode.DuplicateActivation, $"The grain is active on {winner}."));
                }
            }
        }
        catch (Exception failure)
        {
            // A keeper that is gone leaves the membership, and then they are registered with the next one.
            _logger.NotRegisteredAnew(failure, activations.Length, owner);
        }
    }

    private async ValueTask<SiloAddress?[]> Register(SiloAddress owner, Activation[] activations)
    {
        var entries = activations.Select(activation => (activation.GrainId, activation.Number)).ToArray();
        for (var tries = 1; ; tries++)
        {
            var request = Request(DirectoryOperation.Register, entries);
            try
            {
                return owner.Equals(_local) ? Answer(request) : await Ask(owner, request).ConfigureAwait(false);
            }
            catch (OrleansMessageRejectionException) when (tries < Tries && !IsGone(owner))
            {
                await _membership.Refresh().ConfigureAwait(false);
            }
        }
    }

    private bool IsGone(SiloAddress silo) => _membership.CurrentSnapshot.GetSiloStatus(silo) is SiloStatus.Dead or SiloStatus.None;
}
