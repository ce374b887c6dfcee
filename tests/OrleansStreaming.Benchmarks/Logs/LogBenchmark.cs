using System.Buffers;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Benchmarks.Logs;

/// <summary>
/// How much of the disk's (here: the page cache's) speed is left above a log: validation, CRC, offsets, indexes and segment
/// files against the same bytes written and read in a row. Runs take turns, so that both see the same machine, and the fastest of each
/// kind are compared: whatever else the machine does only ever makes a run slower.
/// </summary>
internal static class LogBenchmark
{
    private const double Goal = 0.80;
    private const int RecordBytes = 1024;

    /// <summary>What a consumer asks of a partition by default (<c>max.partition.fetch.bytes</c>).</summary>
    private const int ReadBytes = 1 << 20;

    public static int Run(int mebibytes, int rounds, string folder)
    {
        var missed = 0;
        foreach (var batchBytes in (int[])[64 * 1024, 1000 * 1024])
        {
            var batch = SampleBatch.Of(RecordBytes, batchBytes);
            var batches = (int)(mebibytes * Measurement.MiB / batch.Length);
            var bytes = (double)batches * batch.Length / Measurement.MiB;
            var runs = Enumerable.Range(0, rounds).Select(_ => Round(folder, batch, batches)).ToArray();
            var plainWrite = bytes / runs.Min(run => run.PlainWrite);
            var plainRead = bytes / runs.Min(run => run.PlainRead);
            var append = bytes / runs.Min(run => run.Append);
            var read = bytes / runs.Min(run => run.Read);

            Console.WriteLine($"Batches of {batch.Length / 1024} KiB with records of {RecordBytes} B, {bytes:0} MiB a run, best of {rounds}:");
            Measurement.Note("plain sequential write", plainWrite, "MiB/s");
            Measurement.Note("log append", append, "MiB/s");
            missed += Measurement.Report("append / plain write", append / plainWrite, "", Goal) ? 0 : 1;
            Measurement.Note("plain sequential read", plainRead, "MiB/s");
            Measurement.Note("log read", read, "MiB/s");
            missed += Measurement.Report("read / plain read", read / plainRead, "", Goal) ? 0 : 1;
            Measurement.Note("bytes allocated per appended batch", runs[^1].AllocatedPerAppend, "B");
        }

        return missed == 0 ? 0 : 1;
    }

    private static Result Round(string folder, byte[] batch, int batches)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, $"ostream-log-{Guid.NewGuid():N}")).FullName;
        try
        {
            PageCache.Warm(folder, 2.0 * batches * batch.Length / Measurement.MiB);
            var (plainWrite, plainRead) = Plain(Path.Combine(root, "plain"), batch, batches);
            var (append, read, allocated) = Log(Path.Combine(root, "log"), batch, batches);
            return new Result(plainWrite, plainRead, append, read, allocated);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static (double Write, double Read) Plain(string path, byte[] batch, int batches)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        var write = Measurement.Seconds(() =>
        {
            for (var i = 0; i < batches; i++)
            {
                RandomAccess.Write(file, batch, (long)i * batch.Length);
            }
        });
        var buffer = new byte[ReadBytes];
        var read = Measurement.Seconds(() =>
        {
            for (int position = 0, got; (got = RandomAccess.Read(file, buffer, position)) > 0; position += got)
            {
            }
        });
        return (write, read);
    }

    private static (double Append, double Read, double Allocated) Log(string path, byte[] batch, int batches)
    {
        using var directory = LogDirectory.Open(path, new BrokerId(1), FileStorageDevice.Instance, TimeProvider.System);
        using var log = directory.OpenLog(new TopicPartition("bench", 0), TopicId.None, LogOptions.Default);
        var epoch = new LeaderEpoch(0);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var append = Measurement.Seconds(() =>
        {
            for (var i = 0; i < batches; i++)
            {
                batch.AsSpan(0, sizeof(long)).Clear(); // the last append stamped its base offset into it
                var result = log.AppendAsLeader(new ReadOnlySequence<byte>(batch), epoch);
                if (result.Error != 0)
                {
                    throw new InvalidOperationException($"{result.Error}: {result.ErrorMessage}");
                }
            }
        });
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var buffer = new byte[ReadBytes];
        var read = Measurement.Seconds(() =>
        {
            // As a consumer does: whole batches, from the offset after the last one it got.
            var perBatch = log.LogEnd.Value / batches;
            for (var offset = 0L; offset < log.LogEnd.Value;)
            {
                using var records = log.Read(new Offset(offset), log.LogEnd, ReadBytes, atLeastOneBatch: true).Records;
                records.CopyTo(0, buffer.AsSpan(0, records.Length));
                offset += records.Length / batch.Length * perBatch;
            }
        });
        return (append, read, (double)allocated / batches);
    }

    private sealed record Result(double PlainWrite, double PlainRead, double Append, double Read, double AllocatedPerAppend);
}
