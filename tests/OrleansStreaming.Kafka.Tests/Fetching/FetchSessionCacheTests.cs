using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Fetching;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Tests.Fetching;

/// <summary>Who keeps a place when there are more sessions than places, and that a client of any history knows what a full fetch would tell.</summary>
public sealed class FetchSessionCacheTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<EndpointMetrics>().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private long _open;
    private long _evicted;

    public FetchSessionCacheTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("kafka.server.fetch_sessions", StringComparison.Ordinal) && instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _ = instrument.Name.EndsWith("evicted", StringComparison.Ordinal) ? _evicted += value : _open += value);
        _listener.Start();
    }

    private EndpointMetrics Metrics => _services.GetRequiredService<EndpointMetrics>();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }


    [Fact]
    public void A_young_session_is_safe_from_larger_ones()
    {
        var sessions = Sessions(slots: 2);
        Assert.True(Open(sessions, 1) > 0);
        Assert.True(Open(sessions, 1) > 0);

        Assert.Equal(0, Open(sessions, 100));
        Assert.Equal((2, 0), (_open, _evicted));
    }

    [Fact]
    public void An_unused_session_goes_first()
    {
        var sessions = Sessions(slots: 2);
        var unused = Open(sessions, 50);
        var used = Open(sessions, 1);
        _time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(ErrorCode.None, Step(sessions, used, 1));

        var small = Open(sessions, 1);

        Assert.True(small > 0);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, Step(sessions, unused, 1));
        Assert.Equal(ErrorCode.None, Step(sessions, used, 2));
        Assert.Equal((2, 1), (_open, _evicted));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Of_old_sessions_in_use_the_smallest_goes_for_a_larger_one(int size, bool isOpened)
    {
        var sessions = Sessions(slots: 2);
        var large = Open(sessions, 5);
        var small = Open(sessions, 3);
        _time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(ErrorCode.None, Step(sessions, large, 1));
        Assert.Equal(ErrorCode.None, Step(sessions, small, 1));

        Assert.Equal(isOpened, Open(sessions, size) > 0);
        Assert.Equal(isOpened ? ErrorCode.FetchSessionIdNotFound : ErrorCode.None, Step(sessions, small, 2));
        Assert.Equal(ErrorCode.None, Step(sessions, large, 2));
    }

    [Fact]
    public void A_session_that_grew_counts_with_its_size()
    {
        var sessions = Sessions(slots: 1);
        var id = Open(sessions, 1);
        _time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(ErrorCode.None, Step(sessions, id, 1));
        Assert.Equal(ErrorCode.None, Step(sessions, id, 2, added: 4));

        Assert.Equal(0, Open(sessions, 5));
        Assert.True(Open(sessions, 6) > 0);
        Assert.Equal((1, 1), (_open, _evicted));
    }

    [Fact]
    public void Without_places_there_are_no_sessions()
    {
        Assert.Equal(0, Open(Sessions(slots: 0), 3));
    }

    [Fact]
    public void An_id_is_never_given_twice_at_a_time()
    {
        // Every draw repeats the one before once.
        var sessions = Sessions(slots: 100, new StutteringRandom());

        var ids = Enumerable.Range(0, 50).Select(_ => Open(sessions, 1)).ToArray();

        Assert.Equal(50, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(id > 0));
    }

    [Fact]
    public void Epochs_wrap_to_1()
    {
        Assert.Equal((2, 1), (FetchSession.NextEpoch(1), FetchSession.NextEpoch(int.MaxValue)));
    }

    [Fact]
    public void Whatever_changes_a_client_that_keeps_what_it_was_told_knows_what_a_full_fetch_tells()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            Play(seed);
        }
    }

    /// <summary>Partitions whose answers change at random, against a client that fetches them in one session.</summary>
    private void Play(int seed)
    {
        var random = new Random(seed);
        var sessions = Sessions(slots: 10);
        var truth = Enumerable.Range(0, 6).ToDictionary(partition => partition, _ => (HighWatermark: 0L, LogStart: 0L, Error: (short)0));
        var wanted = new HashSet<int> { 0, 1, 2 };
        var known = new Dictionary<int, (long, long, short)>();
        var (scope, _) = sessions.Enter(Request(0, 0, wanted, []), 12);
        var (id, _) = Answer(scope!, truth, known);
        for (var epoch = 1; epoch < 30; epoch++)
        {
            foreach (var partition in truth.Keys.Where(_ => random.Next(3) == 0))
            {
                var old = truth[partition];
                truth[partition] = (old.HighWatermark + random.Next(2), old.LogStart + random.Next(2), (short)(random.Next(4) == 0 ? 3 : 0));
            }

            var changed = Enumerable.Range(0, 6).Where(_ => random.Next(5) == 0).ToHashSet();
            var added = changed.Except(wanted).ToHashSet();
            var forgotten = wanted.Count > 1 ? changed.Intersect(wanted).Take(1).ToHashSet() : [];
            wanted.UnionWith(added);
            wanted.ExceptWith(forgotten);
            foreach (var partition in forgotten)
            {
                known.Remove(partition);
            }

            (scope, var error) = sessions.Enter(Request(id, epoch, added, forgotten), 12);
            Assert.Equal(ErrorCode.None, error);
            Assert.True(wanted.SetEquals(scope!.Targets.Select(target => target.Asked.Partition)), $"seed {seed}, epoch {epoch}: other partitions");
            Answer(scope, truth, known);
            Assert.True(wanted.All(partition => known[partition] == truth[partition]), $"seed {seed}, epoch {epoch}: the client knows something else");
        }
    }

    private static (int SessionId, bool IsCurrent) Answer(
        FetchScope scope, Dictionary<int, (long HighWatermark, long LogStart, short Error)> truth, Dictionary<int, (long, long, short)> known)
    {
        List<FetchFinding> found = [];
        foreach (var target in scope.Targets)
        {
            var (highWatermark, logStart, error) = truth[target.Asked.Partition];
            if (error != 0 || target.IsNews(highWatermark, logStart))
            {
                known[target.Asked.Partition] = (highWatermark, logStart, error);
                found.Add(new FetchFinding(target, new FetchResponse.PartitionData
                {
                    PartitionIndex = target.Asked.Partition,
                    HighWatermark = highWatermark,
                    LogStartOffset = logStart,
                    ErrorCode = error,
                    Records = MemoryRecords.Empty,
                }));
            }
        }

        return scope.Settle(found);
    }

    private FetchSessions Sessions(int slots, Random? random = null)
    {
        var options = Options.Create(new KafkaEndpointOptions
        {
            Configs = new Dictionary<string, string> { ["max.incremental.fetch.session.cache.slots"] = $"{slots}" },
        });
        return new FetchSessions(new BrokerSettings(new FakeCluster(new FakeReplicas()), options), Metrics, random ?? new Random(1), _time);
    }

    private static int Open(FetchSessions sessions, int size)
    {
        var (scope, error) = sessions.Enter(Request(0, 0, [.. Enumerable.Range(0, size)], []), 12);
        Assert.Equal(ErrorCode.None, error);
        return scope!.Settle([]).SessionId;
    }

    private static ErrorCode Step(FetchSessions sessions, int id, int epoch, int added = 0) =>
        sessions.Enter(Request(id, epoch, [.. Enumerable.Range(100, added)], []), 12).Error;

    private static FetchRequest Request(int id, int epoch, HashSet<int> partitions, HashSet<int> forgotten) => new()
    {
        SessionId = id,
        SessionEpoch = epoch,
        Topics = [new() { Topic = "t", Partitions = [.. partitions.Select(partition => new FetchRequest.FetchPartition { Partition = partition })] }],
        ForgottenTopicsData = [new() { Topic = "t", Partitions = [.. forgotten] }],
    };

    private sealed class StutteringRandom : Random
    {
        private int _draws;

        public override int Next(int minValue, int maxValue) => minValue + (_draws++ / 2);
    }
}
