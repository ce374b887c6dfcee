using System.Diagnostics;
using System.Globalization;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>The process of a <see cref="GroupConsumer"/>, seen from outside: what it tells goes into the history.</summary>
internal sealed class GroupConsumerProcess : IGroupConsumer
{
    private readonly Process _process;
    private readonly GroupHistory _history;
    private readonly Task _listening;

    public GroupConsumerProcess(int id, ConsumerOptions options, GroupHistory history)
    {
        Id = id;
        _history = history;
        string[] arguments =
        [
            typeof(GroupConsumerProcess).Assembly.Location, GroupsCommand.ConsumerVerb, "--bootstrap", options.Bootstrap, "--topic", options.Topic, "--group", options.Group,
            "--session", ((int)options.SessionTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), .. options.Protocol is GroupProtocol.Cooperative ? ["--cooperative"] : Array.Empty<string>(),
        ];
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        _listening = ListenAsync();
    }

    public int Id { get; }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _listening;
        _history.Ended(Id, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public async Task LeaveAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _history.Wrong($"consumer {Id} did not get to leave within 30 s");
            await KillAsync();
            return;
        }

        await _listening;
        _history.Ended(Id, Stopwatch.GetTimestamp());
        if (_process.ExitCode != 0)
        {
            _history.Wrong($"consumer {Id} ended with {_process.ExitCode}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            // A killed process may have been cut off within its last line.
            var words = line.Split(' ');
            if (words.Length < 2 || !long.TryParse(words[0], CultureInfo.InvariantCulture, out var at))
            {
                continue;
            }

            Note(at, words[1], words[2..]);
        }
    }

    private void Note(long at, string word, string[] rest)
    {
        switch (word)
        {
            case "assigned":
                _history.Assigned(Id, Numbers(rest), at);
                break;
            case "revoked" or "lost":
                _history.Released(Id, Numbers(rest), at, isLost: word == "lost");
                break;
            case "read" when rest.Length == 2:
                var read = Numbers(rest);
                _history.Read(new GroupRead(Id, (int)read[0], read[1], at));
                break;
            case "committed":
                var numbers = Numbers(rest);
                foreach (var pair in numbers.Skip(1).Chunk(2))
                {
                    _history.Committed(new GroupCommit(Id, (int)pair[0], pair[1], numbers[0], at));
                }

                break;
            case "refused":
                _history.Refused(rest[0]);
                break;
            case "fatal":
                _history.Wrong($"consumer {Id} did not get over {string.Join(' ', rest)}");
                break;
        }
    }

    private static long[] Numbers(string[] words) => [.. words.Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
}
