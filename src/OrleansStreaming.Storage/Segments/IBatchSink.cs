using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Storage.Segments;

/// <summary>Takes the batches of a segment one after another, each whole and with a correct CRC.</summary>
internal interface IBatchSink
{
    /// <summary>False to see no more.</summary>
    /// <param name="bytes">The whole batch; valid during the call.</param>
    /// <param name="position">Where it begins in the segment.</param>
    bool Take(in BatchHeader header, ReadOnlyMemory<byte> bytes, int position);

    /// <summary>Called after some batches; answers the bytes written since the last call, for the pace.</summary>
    long EndOfChunk();
}
