using System.Diagnostics;
using System.Net.Sockets;
using Confluent.Kafka;
using Refusal = OrleansStreaming.Records.Errors.ErrorCode;

namespace OrleansStreaming.Chaos.Groups;

/// <summary>
/// A consumer of a KIP-848 group, which no stock client here speaks: the group's protocol said by itself, the records read by a
/// stock client without a group.
/// </summary>
internal sealed class NextGenerationConsumer : IGroupConsumer
{
    private static readonly TimeSpan _beatPeriod = TimeSpan.FromMilliseconds(150);

    private readonly ConsumerOptions _options;
    private readonly GroupHistory _history;
    private readonly NextGenerationCalls _calls;
    private readonly IConsumer<Ignore, string> _reader;
    private readonly CancellationTokenSource _killed = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly Dictionary<int, long> _finished = [];
    private readonly Task _running;
    private int[] _owned = [];
    private int[] _target = [];

    public NextGenerationConsumer(int id, ConsumerOptions options, GroupHistory history)
    {
        (Id, _options, _history) = (id, options, history);
        _calls = new NextGenerationCalls(options);
        _reader = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = options.Bootstrap,
            GroupId = $"{options.Group}-reader",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Error,
            FetchWaitMaxMs = 100,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        _running = Task.Run(RunAsync);
    }

    public int Id { get; }

    public async Task KillAsync()
    {
        await _killed.CancelAsync();
        await _running;
        _history.Ended(Id, Stopwatch.GetTimestamp());
    }

    public async Task LeaveAsync()
    {
        await _leaving.CancelAsync();
        _killed.CancelAfter(TimeSpan.FromSeconds(30));
        await _running;
        if (_killed.IsCancellationRequested)
        {
            _history.Wrong($"consumer {Id} did not get to leave within 30 s");
        }

        _history.Ended(Id, Stopwatch.GetTimestamp());
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _calls.Dispose();
        _reader.Dispose();
        _killed.Dispose();
        _leaving.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!await TryTurnAsync())
            {
                Read();
                await Task.Delay(_beatPeriod / 5, _killed.Token);
            }
        }
        catch (OperationCanceledException) when (_killed.IsCancellationRequested)
        {
            // Killed.
        }
        catch (Exception failure)
        {
            _history.Wrong($"consumer {Id} did not get over {failure}");
        }
    }

    /// <returns>Whether it has left.</returns>
    private async Task<bool> TryTurnAsync()
    {
        try
        {
            if (_leaving.IsCancellationRequested)
            {
                return await LeaveInTurnAsync();
            }

            if (_calls.SinceBeat < _beatPeriod)
            {
                return false;
            }

            await BeatAsync();
            await CommitAsync();
            await ReconcileAsync();
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            _calls.Disconnect();
        }

        return false;
    }

    private async Task<bool> LeaveInTurnAsync()
    {
        if (_calls.Epoch > 0 && !await CommitAsync())
        {
            await BeatAsync();
            return false;
        }

        Release(_owned, isLost: false);
        return await _calls.LeaveAsync(_killed.Token);
    }

    private async Task BeatAsync()
    {
        var (error, target) = await _calls.BeatAsync(_owned, _killed.Token);
        _target = target ?? _target;
        if (error is Refusal.FencedMemberEpoch or Refusal.UnknownMemberId)
        {
            Release(_owned, isLost: true);
            _target = [];
        }
    }

    private async Task ReconcileAsync()
    {
        var given = _owned.Except(_target).ToArray();
        if (given.Length > 0)
        {
            Read();
            if (await CommitAsync())
            {
                Release(given, isLost: false);
            }
        }

        var taken = _target.Except(_owned).ToArray();
        var at = Stopwatch.GetTimestamp();
        if (taken.Length > 0 && await _calls.CommittedAsync(taken, _killed.Token) is { } starts)
        {
            _owned = [.. _owned, .. taken];
            _history.Assigned(Id, taken.Select(partition => (long)partition), at);
            _reader.IncrementalAssign(taken.Zip(starts, (partition, start) =>
                new TopicPartitionOffset(_options.Topic, partition, start < 0 ? Offset.Beginning : new Offset(start))));
        }
    }

    private void Release(int[] partitions, bool isLost)
    {
        if (partitions.Length > 0)
        {
            _reader.IncrementalUnassign(partitions.Select(partition => new TopicPartition(_options.Topic, partition)));
            _owned = [.. _owned.Except(partitions)];
            foreach (var partition in partitions)
            {
                _finished.Remove(partition);
            }

            _history.Released(Id, [.. partitions.Select(partition => (long)partition)], Stopwatch.GetTimestamp(), isLost);
        }
    }

    private void Read()
    {
        while (_reader.Consume(TimeSpan.Zero) is { } read)
        {
            _history.Read(new GroupRead(Id, read.Partition.Value, read.Offset.Value, Stopwatch.GetTimestamp()));
            _finished[read.Partition.Value] = read.Offset.Value + 1;
        }
    }

    /// <returns>Whether everything read is committed.</returns>
    private async Task<bool> CommitAsync()
    {
        if (_finished.Count == 0)
        {
            return true;
        }

        var sent = Stopwatch.GetTimestamp();
        var error = await _calls.CommitAsync(_finished, _killed.Token);
        if (error is not Refusal.None)
        {
            _history.Refused(error.ToString());
            return false;
        }

        var answered = Stopwatch.GetTimestamp();
        foreach (var (partition, offset) in _finished)
        {
            _history.Committed(new GroupCommit(Id, partition, offset, sent, answered));
        }

        _finished.Clear();
        return true;
    }
}
