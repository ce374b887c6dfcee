using System.CommandLine;
using OrleansStreaming.Cli.Application;

namespace OrleansStreaming.Cli.Commands.Perf;

/// <summary>The options of measurements that write: how large records are and how many come in a second.</summary>
internal sealed class PayloadOptions
{
    private readonly Option<int> _size;
    private readonly Option<double> _rate;
    private readonly int _smallest;

    /// <param name="smallest">What a record must hold, in bytes.</param>
    public PayloadOptions(int smallest, int size, double rate)
    {
        _smallest = smallest;
        _size = new("--size", "-s") { HelpName = "BYTES", DefaultValueFactory = _ => size, Description = $"Bytes of each value." };
        _rate = new("--rate") { HelpName = "PER SECOND", DefaultValueFactory = _ => rate, Description = $"Records a second; 0 for as fast as they go." };
    }

    public void AddTo(Command command)
    {
        command.Add(_size);
        command.Add(_rate);
    }

    /// <exception cref="UsageException">Too small, or negative.</exception>
    public (int Size, double Rate) Value(ParseResult parsed)
    {
        var size = parsed.GetValue(_size);
        var rate = parsed.GetValue(_rate);
        return size >= _smallest && rate >= 0
            ? (size, rate)
            : throw new UsageException($"--size is at least {_smallest}, --rate at least 0.");
    }
}
