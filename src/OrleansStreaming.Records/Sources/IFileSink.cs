using Microsoft.Win32.SafeHandles;

namespace OrleansStreaming.Records.Sources;

/// <summary>Takes bytes straight from a file, as a socket does with sendfile(2).</summary>
public interface IFileSink
{
    /// <summary>
    /// Takes up to <paramref name="count"/> bytes from <paramref name="position"/> on, without waiting. Answers how many it took; 0
    /// when it cannot take any now or in this way, whatever the reason: copying the next bytes then shows it.
    /// </summary>
    int Take(SafeFileHandle file, long position, int count);
}
