using OrleansStreaming.Records.Compression;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Compaction;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Compaction;

/// <summary>
/// Random histories of a compacted log, each from its seed, against every record that was ever appended: the last value of each
/// key can be read, in order, at its offset, and a tombstone for as long as it must.
/// </summary>
public sealed class CompactionPropertyTests
{
    private const int Steps = 120;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compaction_loses_nothing_that_counts(bool alsoDeletes)
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            using var run = new Run(seed, alsoDeletes);
            var history = new List<string>();
            for (var step = 0; step < Steps; step++)
            {
                try
                {
                    history.Add(await run.StepAsync());
                    run.Check();
                }
                catch (Exception e)
                {
                    Assert.Fail($"seed {seed}, step {step} after {string.Join(", ", history.TakeLast(25))}: {e}");
                }
            }
        }
    }

    private sealed class Run(int seed, bool alsoDeletes) : IDisposable
    {
        private static readonly CompressionType[] _codecs = [CompressionType.None, CompressionType.None, CompressionType.Gzip];

        private readonly Random _random = new(seed);
        private readonly List<(KeyedRecord Record, long AppendedAt)> _appended = [];
        private readonly LogFixture _fixture = new(
            Keyed.Options with
            {
                CleanupDelete = alsoDeletes,
                RetentionMs = -1,
                SegmentBytes = 500 + (seed % 4 * 400),
                IndexIntervalBytes = 1 + (seed % 3 * 150),
                DeleteRetentionMs = 5000,
                MinCompactionLagMs = seed % 5 == 0 ? 2000 : 0,
            },
            seed);

        private long _synced;
        private long _committed;

        public void Dispose() => _fixture.Dispose();

        public async Task<string> StepAsync()
        {
            switch (_random.Next(20))
            {
                case < 9:
                    return Append();
                case < 13:
                    return await CompactAsync();
                case 13:
                    await _fixture.Log.FlushAsync();
                    _synced = _fixture.Log.LogEnd.Value;
                    return "flush";
                case 14:
                    _fixture.Directory.WriteCheckpoints();
                    return "checkpoint";
                case 15:
                    await _fixture.ReopenAsync();
                    return "reopen";
                case 16:
                    _fixture.Kill();
                    return "kill";
                case 17:
                    _fixture.Crash();
                    Forget(_fixture.Log.LogEnd.Value, _synced);
                    return "crash";
                case 18 when alsoDeletes:
                    _fixture.Log.Configure(_fixture.Options with { RetentionBytes = _random.Next(6000) });
                    _fixture.Log.ApplyRetention(_fixture.Log.LogEnd);
                    _fixture.Log.Configure(_fixture.Options);
                    return "retain";
                case 18:
                    return await TruncateAsync();
                default:
                    _fixture.Time.Advance(_random.Next(4000));
                    return "time";
            }
        }

        public void Check()
        {
            var start = _fixture.Log.LogStart.Value;
            var records = _fixture.ReadBatches().SelectMany(x => x.Records).Where(x => x.Offset >= start).ToArray();
            Assert.Equal(_appended.Count == 0 ? 0 : _appended[^1].Record.Offset + 1, _fixture.Log.LogEnd.Value);
            var at = 0;
            var last = _appended.Where(x => x.Record.Offset >= start).GroupBy(x => x.Record.Key).ToDictionary(x => x.Key, x => x.Last());
            foreach (var (record, _) in _appended)
            {
                if (record.Offset < start)
                {
                    continue;
                }

                if (at < records.Length && records[at] == record)
                {
                    at++;
                    continue;
                }

                var isTombstone = last[record.Key].Record == record && record.Value is null;
                Assert.True(last[record.Key].Record != record || isTombstone, $"{record} is gone");
                Assert.False(isTombstone && last[record.Key].AppendedAt + _fixture.Options.DeleteRetentionMs > Now, $"tombstone {record} is gone too soon");
            }

            Assert.Equal(records.Length, at);
            Assert.Equal(Keyed.Table(last.Values.Select(x => x.Record)), Keyed.Table(records));
        }

        private long Now => _fixture.Time.GetUtcNow().ToUnixTimeMilliseconds();

        private string Append()
        {
            for (var batches = _random.Next(1, 6); batches > 0; batches--)
            {
                var records = Enumerable.Range(0, _random.Next(1, 4))
                    .Select(_ => ($"k{_random.Next(12)}", _random.Next(4) == 0 ? null : $"{_random.Next()}{new string('.', _random.Next(60))}"))
                    .ToArray();
                var options = new Records.Batches.BatchOptions { Compression = _codecs[_random.Next(_codecs.Length)] };
                var offset = _fixture.Append(Keyed.Of(options, Now, records)).BaseOffset.Value;
                var timestamp = Now;
                _appended.AddRange(records.Select(x => (new KeyedRecord(offset++, x.Item1, x.Item2, timestamp++), Now)));
            }

            return "append";
        }

        private async Task<string> CompactAsync()
        {
            var options = CleanerOptions.Default with { IoBufferBytes = _random.Next(50, 2000), DedupeBufferBytes = 24 * _random.Next(8, 40) };
            var stable = new Offset(_random.NextInt64(_fixture.Log.LogStart.Value, _fixture.Log.LogEnd.Value + 1));
            _committed = Math.Max(_committed, stable.Value);
            _fixture.Device.StepsLeft = _random.Next(3) == 0 ? _random.Next(120) : int.MaxValue;
            var before = _fixture.Log.LogEnd.Value;
            var result = await _fixture.Log.CompactAsync(stable, Keyed.NewCleaner(options, seed), CancellationToken.None);
            var stopped = _fixture.Device.StepsLeft == 0;
            _fixture.Device.StepsLeft = int.MaxValue;
            Assert.True(stopped || result.Outcome is not CompactionOutcome.Failed, result.Message);
            Assert.NotEqual(CompactionOutcome.Damaged, result.Outcome);
            if (!stopped)
            {
                return $"compact to {result.CleanedTo}";
            }

            if (_random.Next(2) == 0)
            {
                _fixture.Crash();
                Forget(_fixture.Log.LogEnd.Value, _synced);
                return "compact, crash";
            }

            _fixture.Kill();
            Assert.Equal(before, _fixture.Log.LogEnd.Value);
            return "compact, kill";
        }

        private async Task<string> TruncateAsync()
        {
            if (_appended.Count == 0)
            {
                return "nothing to truncate";
            }

            // As a follower does: never below what is committed, and what may be compacted is.
            var atLeast = Math.Min(Math.Max(_committed, _fixture.Log.LogStart.Value), _fixture.Log.LogEnd.Value);
            var offset = _random.NextInt64(atLeast, _fixture.Log.LogEnd.Value + 1);
            _fixture.Log.TruncateTo(new Offset(offset));
            await _fixture.Log.FlushAsync();
            Forget(_fixture.Log.LogEnd.Value, 0);
            return $"truncate to {offset}";
        }

        private void Forget(long end, long atLeast)
        {
            Assert.True(end >= atLeast, $"the log ends at {end}, {atLeast} was synced");
            _appended.RemoveAll(x => x.Record.Offset >= end);
            _synced = Math.Min(_synced, end);
        }
    }
}
