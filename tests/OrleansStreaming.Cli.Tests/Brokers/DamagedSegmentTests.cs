using OrleansStreaming.Cli.Tests.Support;
using OrleansStreaming.Records.Batches;

namespace OrleansStreaming.Cli.Tests.Brokers;

/// <summary>Files as a crash or a bad disk leaves them; no broker is involved.</summary>
public sealed class DamagedSegmentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ostream-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ATornEndIsToldBehindWhatIsWhole()
    {
        var batch = Batch();
        await Write([.. batch, .. batch[..30]]);

        var run = await Dump();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"byte {batch.Length}: the file ends in the middle of a batch", run.Error);
        Assert.Equal(2, run.Lines.Length);
    }

    [Fact]
    public async Task AFlippedBitIsTold()
    {
        var batch = Batch();
        batch[^1] ^= 4;
        await Write([.. batch, .. Batch()]);

        var run = await Dump();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("byte 0:", run.Error);
        Assert.EndsWith("no", run.Lines[1].TrimEnd());
        Assert.EndsWith("yes", run.Lines[2].TrimEnd());
    }

    [Fact]
    public async Task OtherBytesAreTold()
    {
        await Write(new byte[500]);

        Assert.Contains("not a batch", (await Dump()).Error);
    }

    [Fact]
    public async Task AnEmptySegmentIsFine()
    {
        await Write([]);

        Assert.Equal("(none)", (await Dump()).Done().Output.Trim());
    }

    private static byte[] Batch()
    {
        using var builder = new BatchBuilder();
        builder.Append(1_700_000_000_000, "k"u8.ToArray(), "v"u8.ToArray());
        return builder.Build().ToArray();
    }

    private Task Write(byte[] bytes) => File.WriteAllBytesAsync(Path.Combine(_folder, "00000000000000000000.log"), bytes);

    private Task<ToolRun> Dump() => ToolRun.RealAsync(["log", "dump", _folder]);
}
