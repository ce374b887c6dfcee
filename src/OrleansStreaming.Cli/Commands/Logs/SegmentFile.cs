using System.Buffers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Commands.Logs;

/// <summary>Walks the batches of one segment file, one in memory at a time. Also a file that a broker is writing may be read.</summary>
internal static class SegmentFile
{
    /// <summary>The batches in their order. What comes after the last whole one is told by <paramref name="onRest"/>.</summary>
    /// <param name="onRest">Called at most once, with the position and what is wrong there.</param>
    public static IEnumerable<StoredBatch> Read(string path, Action<long, string> onRest)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var prefix = new byte[BatchHeader.Size];
        for (long position = 0; ;)
        {
            var read = file.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                yield break;
            }

            BatchHeader.TryRead(prefix.AsSpan(0, read), out var header);
            if (WhatIsWrong(header, read, file.Length - position) is { } wrong)
            {
                onRest(position, wrong);
                yield break;
            }

            var bytes = new byte[header.SizeInBytes];
            prefix.CopyTo(bytes, 0);
            file.ReadExactly(bytes, prefix.Length, bytes.Length - prefix.Length);
            yield return new StoredBatch(position, header, bytes);
            position += header.SizeInBytes;
        }
    }

    private static string? WhatIsWrong(in BatchHeader header, int read, long left)
    {
        if (read < BatchHeader.Size)
        {
            return "the file ends in the middle of a batch";
        }

        return header.Magic != BatchHeader.CurrentMagic || header.SizeInBytes < BatchHeader.Size ? "the bytes are not a batch of format 2"
            : header.SizeInBytes > left ? "the file ends in the middle of a batch"
            : null;
    }
}

/// <summary>A batch where it lies in its file.</summary>
internal sealed record StoredBatch(long Position, BatchHeader Header, byte[] Bytes)
{
    /// <summary>Opens it; an error when the CRC or the codec does not agree with the bytes.</summary>
    public ErrorCode Open(out BatchReader? reader) => BatchReader.Open(new ReadOnlySequence<byte>(Bytes), out reader);
}
