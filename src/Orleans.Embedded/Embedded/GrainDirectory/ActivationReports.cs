using Orleans.Embedded.Activations;
using Orleans.Embedded.Remoting;
using Orleans.Runtime;

namespace Orleans.Embedded.GrainDirectory;

/// <summary>
/// Tells silos that keep entries which activations this silo has. It does so in the order in which they come and go, so that none
/// that is over is told of after its end. Any thread.
/// </summary>
internal sealed class ActivationReports(
    SiloAddress local,
    DirectoryViews views,
    ActivationTable table,
    LocationCache known)
{
    /// <summary>In one question, so that it stays among the small messages, which keep their order.</summary>
    private const int MostAtOnce = 64;

    private readonly Lock _telling = new();

    /// <summary>Registers all anew whose entries the asker keeps; those that it knows elsewhere end.</summary>
    /// <param name="register">Sends the question before it returns.</param>
    public async Task Report(DirectoryRequest request, Func<DirectoryRequest, Task<DirectoryAnswer>> register)
    {
        await views.Reach(request.Version).ConfigureAwait(false);

        // After the view was published: who is registered later sees it, and asks whom it names.
        var view = views.Current;
        foreach (var some in table.All
            .Where(activation => activation.IsRegistered && request.Asker.Equals(view.KeeperOf(activation.GrainId)))
            .Chunk(MostAtOnce))
        {
            var (told, answer) = Tell(some, view, register);
            End(told, (await answer.ConfigureAwait(false)).Silos!);
        }
    }

    /// <summary>An activation that is not in the table any more is over.</summary>
    public void TellEnd(Action unregister)
    {
        lock (_telling)
        {
            unregister();
        }
    }

    private (Activation[] Told, Task<DirectoryAnswer> Answer) Tell(
        Activation[] activations, DirectoryView view, Func<DirectoryRequest, Task<DirectoryAnswer>> register)
    {
        lock (_telling)
        {
            var told = activations.Where(activation => table.TryGet(activation.GrainId, out var current) && current == activation).ToArray();
            var entries = told.Select(activation => (activation.GrainId, activation.Number)).ToArray();
            return (told, register(new DirectoryRequest(DirectoryOperation.RegisterAnew, view.Version, local, entries)));
        }
    }

    private void End(Activation[] told, IReadOnlyList<SiloAddress?> winners)
    {
        for (var i = 0; i < told.Length; i++)
        {
            if (winners[i] is { } winner && !winner.Equals(local))
            {
                known.Learn(told[i].GrainId, winner);
                told[i].Deactivate(new(DeactivationReasonCode.DuplicateActivation, $"The grain is active on {winner}."));
            }
        }
    }
}
