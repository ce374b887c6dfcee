using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

/// <summary>Random histories of a log, each from its seed, against <see cref="LogModel"/>.</summary>
public sealed class LogPropertyTests
{
    private const int Steps = 120;

    // A log opened again after a kill did not know that its folder's name was not durable yet.
    private const int FolderLostAfterKill = 1323;

    [Fact]
    public async Task The_log_does_what_its_model_does()
    {
        foreach (var seed in Enumerable.Range(1, 120).Append(FolderLostAfterKill))
        {
            using var run = new Run(seed);
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
                    Assert.Fail($"seed {seed}, step {step} after {string.Join(", ", history.TakeLast(20))}: {e}");
                }
            }
        }
    }

    private sealed class Run(int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly LogModel _model = new();
        private readonly LogFixture _fixture = new(
            LogOptions.Default with
            {
                SegmentBytes = 600 + (seed % 5 * 700),
                IndexIntervalBytes = 1 + (seed % 3 * 150),
                SegmentIndexBytes = seed % 4 == 0 ? 64 : 10_000,
                RetentionMs = -1,
            },
            seed);

        private int _epoch;

        private PartitionLog Log => _fixture.Log;

        public void Dispose() => _fixture.Dispose();

        public async Task<string> StepAsync()
        {
            switch (_random.Next(24))
            {
                case < 9:
                    return AppendAsLeader();
                case < 12:
                    return AppendAsFollower();
                case < 14:
                    await Log.FlushAsync();
                    _model.Synced = _model.End;
                    return "flush";
                case 14:
                    return await TruncateAsync();
                case 15:
                    _fixture.Directory.WriteCheckpoints();
                    _model.CheckpointedStart = _model.Start;
                    return "checkpoint";
                case 16:
                    var start = _model.AnyBoundary(_random, _model.Start);
                    Log.AdvanceLogStart(new Offset(start));
                    _model.Start = Math.Max(_model.Start, start);
                    return "advance start";
                case 17:
                    return Retain();
                case 18:
                    _epoch++;
                    Log.BeginEpoch(new LeaderEpoch(_epoch));
                    return "epoch";
                case 19:
                    await _fixture.ReopenAsync();
                    Assert.True(_fixture.Directory.WasCleanShutdown);
                    _model.Synced = _model.End;
                    _model.CheckpointedStart = _model.Start;
                    return "reopen";
                case 20:
                    _fixture.Kill();
                    AfterRestart(_model.End);
                    return "kill";
                case 21:
                    _fixture.Crash();
                    AfterRestart(_model.Synced);
                    return "crash";
                case 22 when _random.Next(4) == 0:
                    var offset = _random.NextInt64(0, 200);
                    Log.TruncateFullyAndStartAt(new Offset(offset));
                    await Log.FlushAsync();
                    _model.StartAt(offset);
                    return "start anew";
                default:
                    _fixture.Time.Advance(_random.Next(70_000));
                    return "time";
            }
        }

        public void Check()
        {
            Assert.Equal((_model.Start, _model.End), (Log.LogStart.Value, Log.LogEnd.Value));
            Assert.InRange(Log.FlushedTo.Value, 0, _model.End);
            for (var i = 0; i < 3; i++)
            {
                CheckRead();
            }

            if (_random.Next(10) == 0)
            {
                Assert.Equal(_model.Records, _fixture.ReadAll().Where(x => x.Offset >= _model.Start));
            }
        }

        private void CheckRead()
        {
            var offset = _random.NextInt64(_model.Start, _model.End + 1);
            var limit = _model.AnyBoundary(_random, _model.Start);
            var maxBytes = _random.Next(3) == 0 ? int.MaxValue : _random.Next(1, 2000);
            var result = Log.Read(new Offset(offset), new Offset(limit), maxBytes, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, result.Error);
            using var records = result.Records;
            var decoded = Batches.Decode(records.ToArray());
            Assert.Equal(offset >= limit, decoded.Count == 0);
            if (decoded.Count > 0)
            {
                Assert.Equal(_model.BatchOf(offset), decoded[0].Offset);
                Assert.True(decoded[^1].Offset < limit);
                Assert.Equal(_model.Records.Where(x => x.Offset >= offset && x.Offset <= decoded[^1].Offset), decoded.Where(x => x.Offset >= offset));
            }
        }

        private string AppendAsLeader()
        {
            var values = Values();
            var result = Log.AppendAsLeader(Batches.InPieces(Batches.Of(values), _random.Next(1, 300)), new LeaderEpoch(_epoch));
            Assert.Equal((ErrorCode.None, _model.End), (result.Error, result.BaseOffset.Value));
            _model.Append(values);
            return "append";
        }

        private string AppendAsFollower()
        {
            var runs = Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Values()).ToArray();
            var offset = _model.End;
            var batches = runs.Select(x =>
            {
                var batch = Batches.Replicated(offset, _epoch, x);
                offset += x.Length;
                return batch;
            }).ToArray();
            Assert.Equal(ErrorCode.None, Log.AppendAsFollower(Batches.InPieces(Batches.Join(batches), _random.Next(1, 500))).Error);
            Array.ForEach(runs, _model.Append);
            return "follow";
        }

        private async Task<string> TruncateAsync()
        {
            var offset = _random.NextInt64(_model.Start, _model.End + 3);
            Log.TruncateTo(new Offset(offset));
            await Log.FlushAsync();
            _model.TruncateTo(offset);
            _model.Synced = _model.End;
            return $"truncate to {offset}";
        }

        private string Retain()
        {
            Log.Configure(_fixture.Options with { RetentionBytes = _random.Next(3000) });
            var highWatermark = _model.AnyBoundary(_random, _model.Start);
            Log.ApplyRetention(new Offset(highWatermark));
            Assert.InRange(Log.LogStart.Value, _model.Start, Math.Max(_model.Start, highWatermark));
            _model.Start = Log.LogStart.Value;
            return "retain";
        }

        /// <summary>Takes over where exactly the log ended up, which must be at or after what nothing may lose.</summary>
        private void AfterRestart(long atLeast)
        {
            Assert.InRange(Log.LogEnd.Value, atLeast, _model.End);
            Assert.True(_model.IsBoundary(Log.LogEnd.Value));
            Assert.InRange(Log.LogStart.Value, Math.Min(_model.CheckpointedStart, Log.LogEnd.Value), Math.Max(_model.Start, Log.LogStart.Value));
            _model.TruncateTo(Log.LogEnd.Value);
            _model.Start = Log.LogStart.Value;
            _model.Synced = Math.Min(_model.Synced, _model.End);
        }

        private string[] Values() =>
            [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => $"{_random.Next()}{new string('.', _random.Next(120))}")];
    }
}
