using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Compaction;

/// <summary>What compactions run with, one after another; several cleaners work side by side on different logs.</summary>
/// <param name="options">Memory limits.</param>
/// <param name="pace">May be shared by all cleaners.</param>
/// <param name="random">Gives the key hash its secret.</param>
public sealed class Cleaner(CleanerOptions options, IoPace pace, Random random)
{
    internal CleanerOptions Options => options;

    internal IoPace Pace => pace;

    internal KeyOffsetMap NewMap() => new(options.DedupeBufferBytes, options.LoadFactor, random);
}
