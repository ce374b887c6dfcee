using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Benchmarks.Logs;

/// <summary>
/// A compacted log with many records over few keys, compacted while it is written and read: how small it becomes, and whether
/// every reader ends up with the last value of each key.
/// </summary>
internal static class CompactionBenchmark
{
    private const int ValueBytes = 100;
    private const int RecordsPerBatch = 100;

    private static readonly LogOptions _options = LogOptions.Default with
    {
        CleanupCompact = true,
        CleanupDelete = false,
        SegmentBytes = 8 << 20,
    };

    public static async Task<int> RunAsync(int records, int keys, string folder)
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, $"ostream-compaction-{Guid.NewGuid():N}")).FullName;
        try
        {
            using var directory = LogDirectory.Open(Path.Combine(root, "log"), new BrokerId(1), FileStorageDevice.Instance, TimeProvider.System);
            using var log = directory.OpenLog(new TopicPartition("compacted", 0), TopicId.None, _options);
            using var isWritten = new CancellationTokenSource();
            var compacting = Task.Run(() => CompactAsync(log, isWritten.Token));
            var reading = Task.Run(() => Follow(log, records));
            var last = new int[keys];
            var started = Stopwatch.GetTimestamp();
            var written = Write(log, records, last);
            var writing = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var (seen, read) = await reading;
            await isWritten.CancelAsync();
            var runs = await compacting;

            // What is left to do when nothing is written any more, the last segment included.
            log.Configure(_options with { SegmentIndexBytes = 8 });
            Write(log, RecordsPerBatch, last, first: records);
            started = Stopwatch.GetTimestamp();
            var final = await log.CompactAsync(log.LogEnd, NewCleaner(), CancellationToken.None);
            var cleaning = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var (table, left) = Follow(log, records + RecordsPerBatch);

            Console.WriteLine($"{records} records of {ValueBytes} B over {keys} keys, compacted {runs} times while written and read:");
            Measurement.Note("written", written / Measurement.MiB, "MiB");
            Measurement.Note("write rate beside compactions and a reader", written / Measurement.MiB / writing, "MiB/s");
            Measurement.Note("records that the reader beside them saw", read, "");
            Measurement.Note("last compaction", cleaning, "s");
            Measurement.Note("bytes left", log.SizeInBytes / Measurement.MiB, "MiB");
            Measurement.Note("records left", left, "");
            var isRight = final.Outcome == CompactionOutcome.Cleaned;
            isRight &= Measurement.Report("records left to keys", (double)left / keys, "", 1.1, atLeast: false);
            isRight &= Measurement.Report("keys with their last value", Right(table, last), "", keys);
            isRight &= Measurement.Report("keys that the reader beside it got right", Right(seen, [.. Enumerable.Range(0, keys).Select(x => LastOf(x, records, keys))]), "", keys);
            return isRight ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static Cleaner NewCleaner() => new(CleanerOptions.Default, IoPace.Unlimited, new Random(1));

    /// <summary>Which key the record has: all of them again and again, each time in another order.</summary>
    private static int KeyOf(int record, int keys) => (int)((record + ((long)(record / keys) * 7919)) % keys);

    private static int LastOf(int key, int records, int keys)
    {
        for (var record = records - 1; record >= 0; record--)
        {
            if (KeyOf(record, keys) == key)
            {
                return record;
            }
        }

        return -1;
    }

    private static int Right(Dictionary<int, int> table, int[] last) => last.Where((value, key) => table.GetValueOrDefault(key, -1) == value).Count();

    /// <summary>Each value begins with the number of its record.</summary>
    private static long Write(PartitionLog log, int count, int[] last, int first = 0)
    {
        var bytes = 0L;
        var value = new byte[ValueBytes];
        using var builder = new BatchBuilder();
        for (var record = first; record < first + count; record++)
        {
            var key = KeyOf(record, last.Length);
            last[key] = record;
            BinaryPrimitives.WriteInt32BigEndian(value, record);
            builder.Append(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), BitConverter.GetBytes(key), value);
            if (builder.Count == RecordsPerBatch)
            {
                var batch = builder.Build().ToArray();
                bytes += batch.Length;
                var result = log.AppendAsLeader(new ReadOnlySequence<byte>(batch), new LeaderEpoch(0));
                if (result.Error != 0)
                {
                    throw new InvalidOperationException($"{result.Error}: {result.ErrorMessage}");
                }

                builder.Reset();
            }
        }

        return bytes;
    }

    private static async Task<int> CompactAsync(PartitionLog log, CancellationToken isWritten)
    {
        var runs = 0;
        while (!isWritten.IsCancellationRequested)
        {
            if (!log.IsCompactionDue(log.Dirtiness(log.LogEnd)))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
                continue;
            }

            runs += (await log.CompactAsync(log.LogEnd, NewCleaner(), CancellationToken.None)).Outcome == CompactionOutcome.Cleaned ? 1 : 0;
        }

        return runs;
    }

    /// <summary>Reads until the offset and answers what a table of the log would hold, and how many records there were.</summary>
    private static (Dictionary<int, int> Table, long Count) Follow(PartitionLog log, long until)
    {
        var table = new Dictionary<int, int>();
        var count = 0L;
        for (var offset = 0L; offset < until;)
        {
            var result = log.Read(new Offset(offset), log.LogEnd, 1 << 20, atLeastOneBatch: true);
            using var records = result.Records;
            if (result.Error != 0)
            {
                throw new InvalidOperationException($"{result.Error} at {offset}");
            }

            var bytes = new byte[records.Length];
            records.CopyTo(0, bytes);
            for (var start = 0; BatchHeader.TryRead(bytes.AsSpan(start), out var header) && header.SizeInBytes <= bytes.Length - start; start += (int)header.SizeInBytes)
            {
                BatchReader.Open(new ReadOnlySequence<byte>(bytes, start, (int)header.SizeInBytes), out var reader);
                using (reader)
                {
                    foreach (var record in reader!.Records())
                    {
                        table[BitConverter.ToInt32(record.Key)] = BinaryPrimitives.ReadInt32BigEndian(record.Value);
                        count++;
                    }
                }

                offset = header.NextOffset;
            }

            if (bytes.Length == 0)
            {
                Thread.Yield();
            }
        }

        return (table, count);
    }
}
