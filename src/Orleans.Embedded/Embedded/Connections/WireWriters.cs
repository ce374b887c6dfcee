using System.Collections.Concurrent;
using Orleans.Embedded.Serialization;

namespace Orleans.Embedded.Connections;

/// <summary>Writers that wait for their next message. Any thread.</summary>
internal static class WireWriters
{
    private const int MostKept = 64;

    private static readonly ConcurrentQueue<WireWriter> _free = new();

    public static WireWriter Rent() => _free.TryDequeue(out var writer) ? writer : new WireWriter();

    /// <param name="writer">Of a message that nobody needs any more.</param>
    public static void Return(WireWriter writer)
    {
        if (_free.Count < MostKept)
        {
            writer.Reset();
            _free.Enqueue(writer);
        }
        else
        {
            writer.Dispose();
        }
    }
}
