using Microsoft.Win32.SafeHandles;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Records.Sources;
using OrleansStreaming.Storage.Devices;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Logs;

/// <summary>What a log has read can be taken from its file by a sink, on a disk of the operating system.</summary>
public sealed class PassingTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"ostream-passing-{Guid.NewGuid():N}");
    private readonly LogDirectory _directory;
    private readonly PartitionLog _log;

    public PassingTests()
    {
        _directory = LogDirectory.Open(_root, LogFixture.Broker, FileStorageDevice.Instance, new ManualTime(), new StepScheduler());
        _log = _directory.OpenLog(LogFixture.Partition, LogFixture.Topic, LogOptions.Default);
        for (var batch = 0; batch < 10; batch++)
        {
            _log.AppendAsLeader(Batches.Sized(100, (char)('a' + batch)), new LeaderEpoch(0));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void The_sink_gets_what_copying_gives(long from)
    {
        using var records = Read(from);
        var sink = new Sink(most: 70);
        for (var position = 0; position < records.Length;)
        {
            position += records.PassTo(sink, position, records.Length - position);
        }

        Assert.Equal(records.ToArray(), sink.Taken);
    }

    [Fact]
    public void What_the_sink_refuses_is_no_error()
    {
        using var records = Read(0);
        Assert.Equal(0, records.PassTo(new Sink(most: 0), 0, records.Length));
    }

    [Fact]
    public void What_was_truncated_is_not_passed_as_if_it_were_there()
    {
        using var records = Read(0);
        _log.TruncateTo(new Offset(5));
        _log.AppendAsLeader(Batches.Sized(1_000, 'z'), new LeaderEpoch(1));

        Assert.Throws<IOException>(() => records.PassTo(new Sink(int.MaxValue), 0, records.Length));
    }

    [Fact]
    public void Bytes_outside_of_what_was_read_are_not_passed()
    {
        using var records = Read(4);
        Assert.Throws<ArgumentOutOfRangeException>(() => records.PassTo(new Sink(int.MaxValue), 1, records.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => records.PassTo(new Sink(int.MaxValue), -1, 1));
    }

    [Fact]
    public void A_disk_without_the_systems_files_is_copied_from()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a");
        using var records = fixture.Log.Read(new Offset(0), fixture.Log.LogEnd, 1_000, atLeastOneBatch: true).Records;
        Assert.Equal(0, records.PassTo(new Sink(int.MaxValue), 0, records.Length));
    }

    public void Dispose()
    {
        _directory.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private RecordSource Read(long from) => _log.Read(new Offset(from), _log.LogEnd, 1 << 20, atLeastOneBatch: true).Records;

    private sealed class Sink(int most) : IFileSink
    {
        private readonly List<byte> _taken = [];

        public byte[] Taken => [.. _taken];

        public int Take(SafeFileHandle file, long position, int count)
        {
            var bytes = new byte[Math.Min(count, most)];
            var read = RandomAccess.Read(file, bytes, position);
            _taken.AddRange(bytes.AsSpan(0, read));
            return read;
        }
    }
}
