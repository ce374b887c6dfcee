using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace OrleansStreaming.Replication.Brokers;

/// <summary>
/// The earlier processes of this broker. Who has the data directory that they had knows that they have ended, and says so: otherwise
/// one that was killed stays a member until its silence is noticed, and its successor, at another address, is not taken for so long.
/// </summary>
internal sealed partial class FormerSilos(IClusterMembershipService membership, ILocalSiloDetails local, ILogger<FormerSilos> logger)
{
    /// <summary>Completes when they are no members, or when the membership cannot be changed now.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            await membership.Refresh(default, cancellationToken);
            foreach (var former in membership.CurrentSnapshot.Members.Values.Where(IsFormer).ToArray())
            {
                LogEnded(logger, former.SiloAddress, await membership.TryKill(former.SiloAddress));
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(logger, exception);
        }
    }

    private bool IsFormer(ClusterMember member) =>
        member.Name == local.Name && member.Status != SiloStatus.Dead && !member.SiloAddress.Equals(local.SiloAddress);

    [LoggerMessage(Level = LogLevel.Information, Message = "Silo {Silo} was an earlier process of this broker; it is declared dead: {IsDead}")]
    private static partial void LogEnded(ILogger logger, SiloAddress silo, bool isDead);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Earlier processes of this broker could not be declared dead; their silence will be noticed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
