namespace OrleansStreaming.Records.Batches;

/// <summary>The bits of a batch's attributes field.</summary>
internal static class BatchAttributes
{
    internal const short CompressionMask = 0x07;
    internal const short LogAppendTime = 0x08;
    internal const short Transactional = 0x10;
    internal const short Control = 0x20;
    internal const short DeleteHorizon = 0x40;
}
