using Microsoft.Extensions.Logging;
using Orleans.Embedded.Activations;
using Orleans.Embedded.Remoting;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// Keeps this silo's share of the entries. When entries come to it because silos come or go, it asks all silos what they have, and
/// lets questions about those grains wait for that. Any thread.
/// </summary>
/// <param name="patience">For so long at most they wait: a silo that is still silent then is not dead, but cannot be reached from here.</param>
internal sealed class DirectoryKeeper(
    SiloAddress local,
    DirectoryViews views,
    RemoteSilos remotes,
    ActivationReports reports,
    HaltSwitch halt,
    TimeProvider time,
    TimeSpan patience,
    ILogger logger)
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly DirectoryPartition _partition = new(local);

    /// <summary>In order, one at a time, before the view is published.</summary>
    /// <returns>What <see cref="Recover(DirectoryRecovery)"/> is to be called with after that; null for nothing.</returns>
    public DirectoryRecovery? Adopt(DirectoryView view) => _partition.Adopt(view);

    /// <summary>Asks all silos. Does not fail.</summary>
    public async Task Recover(DirectoryRecovery recovery)
    {
        var asked = Task.WhenAll(recovery.View.Alive.Select(silo => Recover(recovery, silo)));
        try
        {
            await asked.WaitAsync(patience, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            logger.NotAllReported(patience);
            recovery.Open();
            await asked.ConfigureAwait(false);
        }

        recovery.Complete();
    }

    /// <summary>Completes at once unless it waits for a newer view or for a recovery.</summary>
    public async ValueTask<DirectoryAnswer> Answer(DirectoryRequest request)
    {
        // What an activation's own silo says of it is so whatever the membership; and it must be heard in the order in which it was said.
        if (request.Operation is DirectoryOperation.Find or DirectoryOperation.Register && views.Current.Version < request.Version)
        {
            await views.Reach(request.Version).ConfigureAwait(false);
        }

        while (true)
        {
            if (_partition.Answer(request, out var recovery) is { } answer)
            {
                return answer;
            }

            await recovery!.Opened.ConfigureAwait(false);
        }
    }

    /// <summary>Until the silo has answered, or somebody else asks it.</summary>
    private async Task Recover(DirectoryRecovery recovery, SiloAddress silo)
    {
        var request = new DirectoryRequest(DirectoryOperation.Report, recovery.View.Version, local, []);
        while (!recovery.IsSuperseded && !halt.IsPulled)
        {
            try
            {
                if (silo.Equals(local))
                {
                    await reports.Report(request, RegisterHere).ConfigureAwait(false);
                    return;
                }

                if ((await remotes.Ask(silo, request).ConfigureAwait(false)).Silos is not null)
                {
                    return;
                }
            }
            catch (Exception failure)
            {
                // It leaves the membership, which brings a new view, or it can be reached again some time.
                logger.NotReported(failure, silo);
            }

            await Task.Delay(_pause, time).ConfigureAwait(false);
        }
    }

    private Task<DirectoryAnswer> RegisterHere(DirectoryRequest request) => Task.FromResult(_partition.Answer(request, out _)!);
}
