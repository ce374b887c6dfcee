using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OrleansStreaming.Contracts.Brokers;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Replication.Compaction;

namespace OrleansStreaming.Replication.Tests.Compaction;

public sealed class LiveCleanerSettingsTests
{
    private readonly FakeMetadata _metadata = new();
    private readonly LiveCleanerSettings _live;

    public LiveCleanerSettingsTests()
    {
        var options = new BrokerOptions { BrokerId = 7 };
        options.Configs["log.cleaner.threads"] = "2";
        options.Configs["log.cleaner.dedupe.buffer.size"] = "4000000";
        _live = new LiveCleanerSettings(_metadata, Options.Create(options));
    }

    [Fact]
    public void Start_with_what_the_broker_was_given()
    {
        Assert.Equal((2, 2_000_000), (_live.Current.Threads, _live.Current.Cleaner.DedupeBufferBytes));
        Assert.Equal(TimeSpan.FromSeconds(15), _live.Current.Backoff);
    }

    [Fact]
    public void Follow_what_is_set_for_all_brokers_and_for_this_one()
    {
        Assert.Equal(2, _live.Current.Threads);
        _metadata.Set("", "log.cleaner.threads", "4");
        _metadata.Set("8", "log.cleaner.threads", "5");
        Assert.Equal((4, 1_000_000), (_live.Current.Threads, _live.Current.Cleaner.DedupeBufferBytes));

        _metadata.Set("7", "log.cleaner.io.max.bytes.per.second", "1000");
        _metadata.Set("7", "log.cleaner.threads", "0");
        Assert.Equal((0, 1_000d), (_live.Current.Threads, _live.Current.BytesPerSecond));
    }

    [Fact]
    public void Are_the_same_while_they_say_the_same()
    {
        var before = _live.Current;
        _metadata.Set("8", "log.cleaner.threads", "5");
        Assert.Same(before, _live.Current);
    }

    private sealed class FakeMetadata : IClusterMetadata
    {
        public ClusterImage Current { get; private set; } = ClusterImage.Empty;

        public Task WaitForVersionAsync(long version, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Set(string broker, string name, string value)
        {
            var set = Current.BrokerConfigs.GetValueOrDefault(broker, new Dictionary<string, string>()).ToDictionary();
            set[name] = value;
            Current = new ClusterImage { Version = Current.Version + 1, BrokerConfigs = Current.BrokerConfigs.SetItem(broker, set) };
        }
    }
}
