using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Storage.Directories;
using OrleansStreaming.Storage.Logs;
using OrleansStreaming.Storage.Tests.Simulation;

namespace OrleansStreaming.Storage.Tests.Support;

/// <summary>One log on a simulated disk, which can be closed, crashed and opened again.</summary>
internal sealed class LogFixture : IDisposable
{
    public const string Root = "/data";
    public static readonly TopicPartition Partition = new("events", 3);
    public static readonly TopicId Topic = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));
    public static readonly BrokerId Broker = new(7);

    public LogFixture(LogOptions? options = null, int seed = 1)
    {
        Options = options ?? LogOptions.Default;
        Device = new SimulatedStorageDevice(seed);
        (Directory, Log) = Open();
    }

    public SimulatedStorageDevice Device { get; }

    public ManualTime Time { get; } = new();

    public StepScheduler Background { get; } = new();

    public LogOptions Options { get; set; }

    public LogDirectory Directory { get; private set; }

    public PartitionLog Log { get; private set; }

    public string Folder => Path.Combine(Root, Partition.ToString());

    public string FileOf(long baseOffset, string suffix) => Path.Combine(Folder, baseOffset.ToString("D20") + suffix);

    public IEnumerable<string> Files => Device.ListFiles(Folder).Select(x => Path.GetFileName(x)).Order(StringComparer.Ordinal);

    public async Task ReopenAsync()
    {
        await Directory.CloseAsync();
        (Directory, Log) = Open();
    }

    /// <summary>A killed process: what it wrote is there, but nothing was closed.</summary>
    public void Kill()
    {
        Directory.Dispose();
        (Directory, Log) = Open();
    }

    /// <summary>A power cut.</summary>
    public void Crash()
    {
        Device.Crash();
        Directory.Dispose();
        (Directory, Log) = Open();
    }

    public (LogDirectory, PartitionLog) Open()
    {
        var directory = LogDirectory.Open(Root, Broker, Device, Time, Background);
        return (directory, directory.OpenLog(Partition, Topic, Options));
    }

    /// <summary>Appends a batch of these values as a leader of the epoch and expects success.</summary>
    public LogAppendResult Append(int epoch, params string[] values) => Append(Batches.Of(values), epoch);

    public LogAppendResult Append(System.Buffers.ReadOnlySequence<byte> batch, int epoch = 0)
    {
        var result = Log.AppendAsLeader(batch, new LeaderEpoch(epoch));
        Assert.True(result.Error == ErrorCode.None, $"{result.Error}: {result.ErrorMessage}");
        return result;
    }

    /// <summary>Everything from the log's start to its end.</summary>
    public List<(long Offset, string Value)> ReadAll() => ReadFrom(Log.LogStart.Value);

    public List<(long Offset, string Value)> ReadFrom(long offset)
    {
        var records = new List<(long Offset, string Value)>();
        while (true)
        {
            var result = Log.Read(new Offset(offset), Log.LogEnd, 1 << 20, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, result.Error);
            using (result.Records)
            {
                if (result.Records.Length == 0)
                {
                    return records;
                }

                records.AddRange(Batches.Decode(result.Records.ToArray()).Where(x => x.Offset >= offset));
                offset = records[^1].Offset + 1;
            }
        }
    }

    public void Dispose() => Directory.Dispose();
}
