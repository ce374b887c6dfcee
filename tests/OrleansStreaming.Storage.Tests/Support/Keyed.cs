using System.Buffers;
using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Logs;

namespace OrleansStreaming.Storage.Tests.Support;

/// <summary>A record of a compacted log; no value is a tombstone.</summary>
internal readonly record struct KeyedRecord(long Offset, string Key, string? Value, long Timestamp);

/// <summary>Batches with keys, what is left of them, and compactions of a <see cref="LogFixture"/>.</summary>
internal static class Keyed
{
    public static readonly LogOptions Options = LogOptions.Default with
    {
        CleanupCompact = true,
        CleanupDelete = false,
        SegmentBytes = 400,
        IndexIntervalBytes = 100,
        MinCleanableDirtyRatio = 0,
        DeleteRetentionMs = 1000,
    };

    public static ReadOnlySequence<byte> Of(params (string Key, string? Value)[] records) => Of(BatchOptions.Default, ManualTime.StartMs, records);

    public static ReadOnlySequence<byte> Of(CompressionType codec, params (string Key, string? Value)[] records) =>
        Of(new BatchOptions { Compression = codec }, ManualTime.StartMs, records);

    public static ReadOnlySequence<byte> Of(BatchOptions options, long timestamp, params (string Key, string? Value)[] records)
    {
        using var builder = new BatchBuilder(options);
        foreach (var (key, value) in records)
        {
            builder.Append(timestamp++, Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value));
        }

        return new ReadOnlySequence<byte>(builder.Build().ToArray());
    }

    public static void Put(this LogFixture fixture, string key, string? value) => fixture.Append(Of((key, value)));

    /// <summary>Closes the active segment behind what was appended, so that all of it may be compacted.</summary>
    public static void Roll(this LogFixture fixture)
    {
        fixture.Append(Of(("filler", new string('.', fixture.Options.SegmentBytes - 90))));
        fixture.Append(Of(("active", "x")));
    }

    public static Task<CompactionResult> CompactAsync(this LogFixture fixture, CleanerOptions? options = null) =>
        fixture.Log.CompactAsync(fixture.Log.LogEnd, NewCleaner(options), CancellationToken.None);

    public static Cleaner NewCleaner(CleanerOptions? options = null, int seed = 1) =>
        new(options ?? CleanerOptions.Default with { IoBufferBytes = 300 }, IoPace.Unlimited, new Random(seed));

    public static async Task<CompactionResult> CleanAsync(this LogFixture fixture, CleanerOptions? options = null)
    {
        var result = await fixture.CompactAsync(options);
        Assert.True(result.Outcome == CompactionOutcome.Cleaned, $"{result.Outcome}: {result.Message}");
        return result;
    }

    /// <summary>The headers and records of all batches from the log's start.</summary>
    public static List<(BatchHeader Header, KeyedRecord[] Records)> ReadBatches(this LogFixture fixture, long? from = null)
    {
        var batches = new List<(BatchHeader, KeyedRecord[])>();
        var offset = from ?? fixture.Log.LogStart.Value;
        while (true)
        {
            var result = fixture.Log.Read(new Offset(offset), fixture.Log.LogEnd, 1 << 20, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, result.Error);
            using (result.Records)
            {
                if (result.Records.Length == 0)
                {
                    return batches;
                }

                batches.AddRange(Decode(result.Records.ToArray()));
            }

            offset = batches[^1].Item1.NextOffset;
        }
    }

    public static List<KeyedRecord> ReadRecords(this LogFixture fixture) => [.. fixture.ReadBatches().SelectMany(x => x.Records)];

    /// <summary>What a reader of the whole log knows in the end.</summary>
    public static SortedDictionary<string, string> Table(this LogFixture fixture) => Table(fixture.ReadRecords());

    public static SortedDictionary<string, string> Table(IEnumerable<KeyedRecord> records)
    {
        var table = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            if (record.Value is null)
            {
                table.Remove(record.Key);
            }
            else
            {
                table[record.Key] = record.Value;
            }
        }

        return table;
    }

    public static List<(BatchHeader Header, KeyedRecord[] Records)> Decode(byte[] bytes)
    {
        var batches = new List<(BatchHeader, KeyedRecord[])>();
        for (var start = 0; BatchHeader.TryRead(bytes.AsSpan(start), out var header) && header.SizeInBytes <= bytes.Length - start;)
        {
            Assert.Equal(ErrorCode.None, BatchReader.Open(new ReadOnlySequence<byte>(bytes, start, (int)header.SizeInBytes), out var reader));
            using (reader)
            {
                var records = new List<KeyedRecord>();
                foreach (var record in reader!.Records())
                {
                    var value = record.HasValue ? Encoding.UTF8.GetString(record.Value) : null;
                    records.Add(new KeyedRecord(record.Offset, Encoding.UTF8.GetString(record.Key), value, record.Timestamp));
                }

                Assert.Equal(header.RecordCount, records.Count);
                batches.Add((header, [.. records]));
            }

            start += (int)header.SizeInBytes;
        }

        return batches;
    }
}
