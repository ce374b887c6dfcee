using Orleans;
using Orleans.Runtime;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.GrainStorage;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Controller;

/// <summary>
/// One activation's time as the controller, which its parts share: it writes what was decided and tells it in metadata. It is over
/// when a write fails or storage shows another term; then nothing is told any more, and the activation ends. For its turns.
/// </summary>
internal sealed class ControllerTerm(
    ControllerMachine machine, IPersistentState<ControllerState> storage, IBrokerMembership members, IGrainBase grain)
{
    private readonly MetadataSignal _published = new();

    /// <summary>Another activation is the controller: nothing may be decided here any more.</summary>
    public bool IsOver { get; private set; }

    public ControllerMachine Machine => machine;

    public ControllerState State => machine.State;

    /// <summary>The brokers that are up at this moment.</summary>
    public LivingBrokers Living() => BrokerRegistry.Living(machine.State, members.Active);

    /// <summary>The active silos that are brokers, as they are written now: not older than anything in <see cref="State"/>.</summary>
    public async Task<IReadOnlyCollection<(string Silo, BrokerId Broker)>> ReadMembersAsync()
    {
        await members.RefreshAsync();
        return members.Active;
    }

    /// <summary>Writes a decided state, which then is the present one.</summary>
    public async Task SaveAsync(ControllerState state)
    {
        if (ReferenceEquals(state, machine.State))
        {
            return;
        }

        try
        {
            await storage.WriteAsync(state, grain);
        }
        catch
        {
            End();
            throw;
        }

        machine.Adopt(state);
    }

    /// <summary>Wakes those who tail the metadata, and answers its version.</summary>
    public long Publish()
    {
        _published.Set(machine.Metadata.Version);
        return machine.Metadata.Version;
    }

    /// <summary>The result with the version at which its effect is visible.</summary>
    public TopicCommandResult Published(TopicCommandResult result) => result.Error != ErrorCode.None
        ? result
        : new TopicCommandResult { Topic = result.Topic, MetadataVersion = Publish() };

    /// <summary>Tells the brokers and configs anew.</summary>
    public void PublishBrokers()
    {
        machine.PublishBrokers(Living());
        Publish();
    }

    /// <summary>Completes when there is metadata newer than a version, after the timeout, or when the term is over.</summary>
    public Task WaitForNewsAsync(long afterVersion, TimeSpan timeout, TimeProvider time, CancellationToken stopping) =>
        IsOver || afterVersion != machine.Metadata.Version ? Task.CompletedTask : _published.WaitAsync(timeout, time, stopping);

    /// <summary>What is new since a version; nothing once the term is over.</summary>
    public MetadataUpdate News(long afterVersion) => IsOver
        ? throw new OrleansException("This controller's term is over; ask again.")
        : machine.Metadata.Since(afterVersion, State.Topics.Values.Select(topic => new TopicId(topic.Id)));

    /// <summary>
    /// Looks whether another activation has begun a term meanwhile. A controller whose process was paused learns so, at the
    /// latest, by the next look: until then it can only tell what was true.
    /// </summary>
    public async Task VerifyAsync()
    {
        await storage.ReadStateAsync();
        if (storage.State.Term != machine.State.Term)
        {
            OnSuperseded();
        }
    }

    /// <summary>Another activation has begun a term: this one ends.</summary>
    public void OnSuperseded()
    {
        End();
        grain.DeactivateOnIdle();
    }

    private void End()
    {
        IsOver = true;
        _published.Set(-2);
    }
}
