using Orleans;
using Orleans.Runtime;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>How grains write what they decided.</summary>
internal static class DurableWrites
{
    /// <summary>
    /// Writes a decided state. When that fails nobody knows whether it was written: the state in memory stays the former one,
    /// and the activation ends, so that the next one reads what is.
    /// </summary>
    public static async Task WriteAsync<T>(this IPersistentState<T> storage, T decided, IGrainBase grain)
    {
        var present = storage.State;
        storage.State = decided;
        try
        {
            await storage.WriteStateAsync();
        }
        catch
        {
            storage.State = present;
            grain.DeactivateOnIdle();
            throw;
        }
    }
}
