using System.Runtime.CompilerServices;

namespace OrleansStreaming.Cli.Formats;

/// <summary>The lines of a stream as bytes, whatever their encoding, without their line feeds.</summary>
internal static class Lines
{
    private const int BufferSize = 64 * 1024;

    public static async IAsyncEnumerable<byte[]> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var count = await input.ReadAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += count;
            var start = 0;
            while (Array.IndexOf(buffer, (byte)'\n', start, filled - start) is >= 0 and var end)
            {
                yield return buffer[start..end];
                start = end + 1;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
            if (count == 0)
            {
                if (filled > 0)
                {
                    yield return buffer[..filled];
                }

                yield break;
            }
        }
    }
}
