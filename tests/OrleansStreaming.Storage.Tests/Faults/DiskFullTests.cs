using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Support;

namespace OrleansStreaming.Storage.Tests.Faults;

public sealed class DiskFullTests
{
    [Fact]
    public async Task A_full_disk_refuses_appends_serves_reads_and_recovers()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "kept");
        fixture.Device.FreeBytes = 60;

        for (var i = 0; i < 3; i++)
        {
            var refused = fixture.Log.AppendAsLeader(Batches.Sized(500), new LeaderEpoch(0));
            Assert.Equal(ErrorCode.KafkaStorageError, refused.Error);
            Assert.Contains("No space left", refused.ErrorMessage);
            Assert.NotNull(fixture.Log.WriteFault);
            Assert.Equal([(0, "kept")], fixture.ReadAll());
        }

        fixture.Device.FreeBytes = 1 << 20;
        Assert.Equal(1, fixture.Append(0, "after").BaseOffset.Value);
        Assert.Null(fixture.Log.WriteFault);
        await fixture.Log.FlushAsync();
        fixture.Crash();
        Assert.Equal([(0, "kept"), (1, "after")], fixture.ReadAll());
    }

    [Fact]
    public void What_a_failed_write_left_is_cut_before_a_shorter_one()
    {
        using var fixture = new LogFixture();
        fixture.Append(0, "kept");
        var size = fixture.Log.SizeInBytes;
        fixture.Device.FreeBytes = 300;
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Log.AppendAsLeader(Batches.Sized(500), new LeaderEpoch(0)).Error);
        Assert.Equal(size, fixture.Device.ReadAllBytes(fixture.FileOf(0, ".log")).Length);
        Assert.Equal(size, fixture.Log.SizeInBytes);

        fixture.Device.FreeBytes = 200;
        fixture.Append(0, "short");
        fixture.Kill();
        Assert.Equal([(0, "kept"), (1, "short")], fixture.ReadAll());
        Assert.Equal(0, fixture.Log.Recovery!.Value.BytesCut);
    }

    [Fact]
    public void A_disk_that_is_full_at_a_roll_is_tried_again()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 300 });
        fixture.Append(Batches.Sized(150, 'a'));
        fixture.Device.FreeBytes = 0;
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Log.AppendAsLeader(Batches.Sized(150, 'b'), new LeaderEpoch(0)).Error);
        Assert.Single(fixture.ReadAll());

        fixture.Device.FreeBytes = 1 << 20;
        fixture.Append(Batches.Sized(150, 'c'));
        fixture.Append(Batches.Sized(150, 'd'));
        Assert.Equal(["a", "c", "d"], fixture.ReadAll().Select(x => x.Value[..1]));
        fixture.Kill();
        Assert.Equal(["a", "c", "d"], fixture.ReadAll().Select(x => x.Value[..1]));
    }

    [Fact]
    public void A_follower_keeps_what_was_written_of_a_run_over_segments()
    {
        using var fixture = new LogFixture(LogOptions.Default with { SegmentBytes = 300 });
        var batches = Enumerable.Range(0, 4).Select(x => Batches.Replicated(x, 0, new string((char)('a' + x), 150))).ToArray();
        fixture.Device.FreeBytes = (int)batches[0].Length + 100;
        Assert.Equal(ErrorCode.KafkaStorageError, fixture.Log.AppendAsFollower(Batches.Join(batches)).Error);
        Assert.Equal(1, fixture.Log.LogEnd.Value);

        fixture.Device.FreeBytes = 1 << 20;
        Assert.Equal(ErrorCode.None, fixture.Log.AppendAsFollower(Batches.Join(batches[1..])).Error);
        Assert.Equal(["a", "b", "c", "d"], fixture.ReadAll().Select(x => x.Value[..1]));
    }
}
