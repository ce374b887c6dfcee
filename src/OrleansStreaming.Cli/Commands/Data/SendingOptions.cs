using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Records.Compression;

namespace OrleansStreaming.Cli.Commands.Data;

/// <summary>The options of commands that write records.</summary>
internal sealed class SendingOptions
{
    private readonly ChoiceOption<Acknowledgement> _acks = new("--acks")
    {
        HelpName = "none|leader|all", DefaultValueFactory = _ => Acknowledgement.All, Description = "Who must have a record before it counts as written.",
    };

    private readonly ChoiceOption<CompressionType> _compression = new("--compression", "-z") { HelpName = "none|gzip|snappy|lz4|zstd", Description = "[default: none]" };
    private readonly Option<int> _batchSize = new("--batch-size") { HelpName = "BYTES", DefaultValueFactory = _ => 64 * 1024, Description = "Bytes of one batch before compression." };
    private readonly Option<double> _linger = new("--linger") { HelpName = "MILLISECONDS", Description = "How long a batch waits for more records. [default: 0]" };
    private readonly Option<bool> _notIdempotent = new("--no-idempotence") { Description = "A batch that is sent again may be stored twice." };

    public void AddTo(Command command)
    {
        command.Add(_acks);
        command.Add(_compression);
        command.Add(_batchSize);
        command.Add(_linger);
        command.Add(_notIdempotent);
    }

    /// <exception cref="UsageException">A number makes no sense.</exception>
    public WriterOptions Value(ParseResult parsed)
    {
        var batchSize = parsed.GetValue(_batchSize);
        var linger = parsed.GetValue(_linger);
        if (batchSize < 1 || !(linger is >= 0 and <= 60_000))
        {
            throw new UsageException("--batch-size is at least 1, --linger 0 to 60000.");
        }

        var acks = parsed.GetValue(_acks);
        return new WriterOptions
        {
            Acks = acks,
            Idempotence = acks == Acknowledgement.All && !parsed.GetValue(_notIdempotent),
            Compression = parsed.GetValue(_compression),
            BatchSize = batchSize,
            Linger = TimeSpan.FromMilliseconds(linger),
        };
    }
}
