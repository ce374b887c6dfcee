using System.Diagnostics.CodeAnalysis;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansStreaming.Cluster.GrainStorage;

namespace OrleansStreaming.Cluster.Tests.GrainStorage;

public sealed class FileGrainStorageTests : IDisposable
{
    private static readonly GrainId _grain = GrainId.Create("topic", "Orders.v1");

    private readonly string _directory = Directory.CreateTempSubdirectory("grain-state").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_was_written_is_read_by_another_process()
    {
        var written = new Record { State = new Sample { Name = "a", Numbers = [1, 2] } };
        await Storage().WriteStateAsync("s", _grain, written);
        Assert.NotNull(written.ETag);

        var read = await ReadAsync();
        Assert.Equal("a", read.State.Name);
        Assert.Equal([1, 2], read.State.Numbers);
        Assert.Equal(written.ETag, read.ETag);
        Assert.True(read.RecordExists);
    }

    [Fact]
    public async Task Nothing_stored_is_a_fresh_state()
    {
        var read = await ReadAsync();
        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
        Assert.Equal("", read.State.Name);
    }

    [Fact]
    public async Task Of_two_writers_who_read_the_same_version_one_is_refused()
    {
        await Storage().WriteStateAsync("s", _grain, new Record());
        var (left, right) = (await ReadAsync(), await ReadAsync());
        left.State = new Sample { Name = "left" };
        right.State = new Sample { Name = "right" };
        await Storage().WriteStateAsync("s", _grain, left);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage().WriteStateAsync("s", _grain, right));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage().ClearStateAsync("s", _grain, right));
        Assert.Equal("left", (await ReadAsync()).State.Name);
    }

    [Fact]
    public async Task A_state_that_exists_cannot_be_created_again() =>
        await Assert.ThrowsAsync<InconsistentStateException>(async () =>
        {
            await Storage().WriteStateAsync("s", _grain, new Record());
            await Storage().WriteStateAsync("s", _grain, new Record());
        });

    [Fact]
    public async Task A_version_is_not_used_again_after_clearing()
    {
        var record = new Record();
        await Storage().WriteStateAsync("s", _grain, record);
        var stale = await ReadAsync();
        await Storage().ClearStateAsync("s", _grain, record);
        Assert.False(record.RecordExists);
        Assert.Null(record.ETag);
        await Storage().WriteStateAsync("s", _grain, record);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage().WriteStateAsync("s", _grain, stale));
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_and_not_an_empty_state()
    {
        await Storage().WriteStateAsync("s", _grain, new Record());
        var file = Directory.GetFiles(_directory, "*.json", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file))[..10]);
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync());
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_not_read()
    {
        await Storage().WriteStateAsync("s", _grain, new Record { State = new Sample { Name = "whole" } });
        var file = Directory.GetFiles(_directory, "*.json", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(file)!, "half.tmp"), "{\"half");
        var read = await ReadAsync();
        Assert.Equal("whole", read.State.Name);
        await Storage().WriteStateAsync("s", _grain, read);
    }

    [Fact]
    public async Task Different_keys_never_share_a_file_and_never_leave_the_directory()
    {
        string[] keys = ["a", "A", "%41", "a.b", "a/b", "../a", "a\\b", ".", "..", new string('x', 249), new string('x', 248) + "y", "ä"];
        foreach (var key in keys)
        {
            await Storage().WriteStateAsync("s", GrainId.Create("topic", key), new Record { State = new Sample { Name = key } });
        }

        foreach (var key in keys)
        {
            var read = new Record();
            await Storage().ReadStateAsync("s", GrainId.Create("topic", key), read);
            Assert.Equal(key, read.State.Name);
        }

        var files = Directory.GetDirectories(Path.Combine(_directory, "topic"));
        Assert.Equal(keys.Length, files.Select(file => file.ToUpperInvariant()).Distinct().Count());
    }

    [Fact]
    public async Task A_writer_that_is_stopped_in_the_middle_holds_nobody_up_and_is_refused_when_it_goes_on()
    {
        await Storage().WriteStateAsync("s", _grain, new Record());
        var (stopped, other) = (await ReadAsync(), await ReadAsync());
        using var isInTheMiddle = new SemaphoreSlim(0);
        using var mayGoOn = new SemaphoreSlim(0);
        var stopping = new FileGrainStorage(_directory, () =>
        {
            isInTheMiddle.Release();
            mayGoOn.Wait();
            return Guid.NewGuid();
        });
        stopped.State = new Sample { Name = "stopped" };
        var writing = stopping.WriteStateAsync("s", _grain, stopped);
        await isInTheMiddle.WaitAsync();

        // Once, so that the name it will take is taken; or so often that it is free again.
        for (var i = 0; i < 30; i++)
        {
            other.State = new Sample { Name = $"other {i}" };
            await Storage().WriteStateAsync("s", _grain, other);
        }

        mayGoOn.Release();
        await Assert.ThrowsAsync<InconsistentStateException>(() => writing);
        Assert.Equal("other 29", (await ReadAsync()).State.Name);
        await Storage().WriteStateAsync("s", _grain, other);
    }

    [Fact]
    public async Task Old_versions_are_removed()
    {
        var record = new Record();
        for (var i = 0; i < 50; i++)
        {
            await Storage().WriteStateAsync("s", _grain, record);
        }

        Assert.InRange(Directory.GetFiles(_directory, "*", SearchOption.AllDirectories).Length, 1, 20);
    }

    [Fact]
    public async Task Many_writers_lose_no_update()
    {
        await Storage().WriteStateAsync("s", _grain, new Record { State = new Sample { Numbers = [0] } });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 100;)
            {
                var storage = Storage();
                var record = await ReadAsync();
                record.State = record.State with { Numbers = [record.State.Numbers[0] + 1] };
                try
                {
                    await storage.WriteStateAsync("s", _grain, record);
                    done++;
                }
                catch (InconsistentStateException)
                {
                    // Another writer was faster; read again.
                }
            }
        })));
        Assert.Equal(400, (await ReadAsync()).State.Numbers[0]);
    }

    private FileGrainStorage Storage() => new(_directory, Guid.NewGuid);

    private async Task<Record> ReadAsync()
    {
        var record = new Record();
        await Storage().ReadStateAsync("s", _grain, record);
        return record;
    }

    public sealed record Sample
    {
        public string Name { get; init; } = "";

        public int[] Numbers { get; init; } = [];
    }

    private sealed class Record : IGrainState<Sample>
    {
        [AllowNull]
        public Sample State { get; set; } = new();

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }
}
