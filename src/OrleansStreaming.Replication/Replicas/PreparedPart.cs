using System.Buffers;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Replication.Partitions;

namespace OrleansStreaming.Replication.Replicas;

/// <summary>
/// A part ready to be sent, and the pooled buffer that its records lie in. The buffer goes back to the pool only after the call
/// was answered: while nobody knows what became of the message, its bytes may still be read (CVE-2026-35554).
/// </summary>
internal readonly record struct PreparedPart(LocalReplica Replica, PartPlan Plan, ReplicatePart Part, byte[]? Buffer)
{
    public void ReturnBuffer()
    {
        if (Buffer is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
