using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>Gives each listener of the server a <see cref="BlockMemoryPool"/>.</summary>
internal sealed class BlockMemoryPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockMemoryPool();
}
