using System.Text;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Checksums;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Producers;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Formats;

/// <summary>The bytes that Kafka's own tools read, written out by hand.</summary>
public sealed class FileFormatTests
{
    [Fact]
    public async Task Offset_index()
    {
        using var fixture = await ThreeBatches();
        var size = fixture.Log.SizeInBytes / 3;
        Assert.Equal(
            $"00000003{size:x8}" + $"00000005{2 * size:x8}",
            Hex(fixture, 0, ".index"));
    }

    [Fact]
    public async Task Time_index()
    {
        using var fixture = await ThreeBatches();
        Assert.Equal(
            $"{ManualTime.StartMs + 1:x16}00000003" + $"{ManualTime.StartMs + 2:x16}00000005",
            Hex(fixture, 0, ".timeindex"));
    }

    [Fact]
    public async Task Time_index_ends_with_the_greatest_timestamp_of_its_segment()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.At(ManualTime.StartMs + 9, "x"));
        fixture.Append(Batches.At(ManualTime.StartMs, "y"));
        await fixture.Directory.CloseAsync();
        Assert.Equal($"{ManualTime.StartMs + 9:x16}00000000", Hex(fixture, 0, ".timeindex"));
        Assert.Equal(string.Empty, Hex(fixture, 0, ".index"));
    }

    [Fact]
    public void Transaction_index()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "x");
        fixture.Append(Batches.From(0x1122, 0, transactional: true));
        fixture.Log.AppendAsLeader(Batches.Marker(0x1122, commit: false), new LeaderEpoch(0), BatchOrigin.Coordinator);
        Assert.Equal(
            "0000" + "0000000000001122" + "0000000000000001" + "0000000000000002" + "0000000000000003",
            Hex(fixture, 0, ".txnindex"));
    }

    [Fact]
    public async Task Producer_snapshot()
    {
        using var fixture = new LogFixture();
        fixture.Append(Batches.From(0x2211, 5, count: 3, epoch: 2, transactional: true));
        await fixture.Directory.CloseAsync();
        var body = "00000001" + "0000000000002211" + "0002" + "00000007" + "0000000000000002" + "00000002"
            + $"{ManualTime.StartMs:x16}" + "ffffffff" + "0000000000000000";
        var crc = Crc32C.Compute(Convert.FromHexString(body));
        Assert.Equal($"0001{crc:x8}{body}", Hex(fixture, 3, ".snapshot"));
    }

    [Fact]
    public void Producer_snapshot_is_refused_when_damaged()
    {
        var bytes = ProducerSnapshot.Encode([new ProducerEntry(1) { Epoch = 3 }]);
        Assert.Equal(3, ProducerSnapshot.TryDecode(bytes)!.Single().Epoch);
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = bytes.ToArray();
            damaged[i] ^= 4;
            Assert.Null(ProducerSnapshot.TryDecode(damaged));
            Assert.Null(ProducerSnapshot.TryDecode(bytes.AsSpan(0, i)));
        }
    }

    [Fact]
    public async Task Leader_epoch_checkpoint()
    {
        using var fixture = new LogFixture();
        fixture.Append(1, "a", "b");
        fixture.Append(4, "c");
        await fixture.Log.FlushAsync();
        Assert.Equal("0\n2\n1 0\n4 2\n", Text(fixture, Path.Combine(fixture.Folder, "leader-epoch-checkpoint")));
    }

    [Fact]
    public async Task Checkpoints_and_marker_of_the_directory()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "a", "b", "c");
        fixture.Log.AdvanceLogStart(new Offset(2));
        fixture.Directory.WriteHighWatermarks([new(LogFixture.Partition, new Offset(1))]);
        await fixture.Directory.CloseAsync();
        Assert.Equal("0\n1\nevents 3 3\n", Text(fixture, "/data/recovery-point-offset-checkpoint"));
        Assert.Equal("0\n1\nevents 3 2\n", Text(fixture, "/data/log-start-offset-checkpoint"));
        Assert.Equal("0\n1\nevents 3 1\n", Text(fixture, "/data/replication-offset-checkpoint"));
        Assert.Equal("{\"version\":0,\"brokerEpoch\":-1}", Text(fixture, "/data/.kafka_cleanshutdown"));
    }

    [Fact]
    public void Partition_metadata()
    {
        using var fixture = new LogFixture();
        Assert.Equal("version: 0\ntopic_id: ABEiM0RVZneImaq7zN3u_w", Text(fixture, Path.Combine(fixture.Folder, "partition.metadata")));
    }

    [Fact]
    public void Meta_properties()
    {
        using var fixture = new LogFixture();
        fixture.Directory.SetClusterId("MkU3OEVBNTcwNTJENDM2Qg");
        var id = Convert.ToBase64String(fixture.Directory.DirectoryId.ToByteArray(bigEndian: true)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Assert.Equal($"#\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\ndirectory.id={id}\nnode.id=7\nversion=1\n", Text(fixture, "/data/meta.properties"));
    }

    [Fact]
    public async Task A_cleanly_closed_log_has_exactly_these_files()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 200 });
        fixture.Append(Batches.Sized(100));
        fixture.Append(Batches.Sized(100));
        await fixture.Directory.CloseAsync();
        Assert.Equal(
            [
                "00000000000000000000.index", "00000000000000000000.log", "00000000000000000000.timeindex",
                "00000000000000000001.index", "00000000000000000001.log", "00000000000000000001.snapshot", "00000000000000000001.timeindex",
                "00000000000000000002.snapshot", "leader-epoch-checkpoint", "partition.metadata",
            ],
            fixture.Files);
    }

    [Fact]
    public void A_segment_from_elsewhere_with_a_preallocated_index_is_readable()
    {
        using var source = new LogFixture();
        for (var i = 0; i < 100; i++)
        {
            source.Append(3, $"value {i}");
        }

        using var target = new LogFixture();
        target.Directory.Dispose();
        Put(target, ".log", source.Device.ReadAllBytes(source.FileOf(0, ".log")));
        Put(target, ".index", new byte[1024]);
        Put(target, ".timeindex", new byte[1200]);
        target.Kill();
        Assert.Equal(source.ReadAll(), target.ReadAll());
        Assert.Equal(3, target.Log.LatestEpoch.Value);
        Assert.Equal(100, target.Log.LogEnd.Value);

        static void Put(LogFixture fixture, string suffix, byte[] bytes)
        {
            using var file = fixture.Device.Open(fixture.FileOf(0, suffix), create: true);
            file.SetLength(0);
            file.Write(0, new System.Buffers.ReadOnlySequence<byte>(bytes));
        }
    }

    private static async Task<LogFixture> ThreeBatches()
    {
        var fixture = new LogFixture(LogOptions.Default with { IndexIntervalBytes = 1 });
        for (var i = 0; i < 3; i++)
        {
            fixture.Append(Batches.At(ManualTime.StartMs + i, "x", "y"));
        }

        await fixture.Directory.CloseAsync();
        return fixture;
    }

    private static string Hex(LogFixture fixture, long baseOffset, string suffix) =>
        Convert.ToHexStringLower(fixture.Device.ReadAllBytes(fixture.FileOf(baseOffset, suffix)));

    private static string Text(LogFixture fixture, string path) => Encoding.UTF8.GetString(fixture.Device.ReadAllBytes(path));
}
