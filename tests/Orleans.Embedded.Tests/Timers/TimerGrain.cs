using Orleans.Concurrency;
using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Timers;

public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Ticks announce themselves at the gate and wait there, if it is closed.</summary>
    Task Start(string gate, GrainTimerTimes times);

    Task Change(TimeSpan dueTime, TimeSpan period);

    Task Dispose();

    Task<int> Ticks();

    Task<bool> WasCancelled();

    Task Block(string gate);

    Task FailNextTicks();

    Task Deactivate();

    [AlwaysInterleave]
    Task Ping();
}

[GenerateSerializer, Immutable]
public sealed record GrainTimerTimes(TimeSpan DueTime, TimeSpan Period, bool Interleave = false, bool KeepAlive = false);

public sealed class TimerGrain : Grain, ITimerGrain
{
    private IGrainTimer? _timer;
    private int _ticks;
    private bool _fails;
    private CancellationToken _token;

    public Task Start(string gate, GrainTimerTimes times)
    {
        _timer = this.RegisterGrainTimer(
            async (name, token) =>
            {
                _token = token;
                _ticks++;
                await Gate.Named(name).Pass();
                if (_fails)
                {
                    throw new InvalidOperationException("The tick fails.");
                }
            },
            gate,
            new GrainTimerCreationOptions(times.DueTime, times.Period) { Interleave = times.Interleave, KeepAlive = times.KeepAlive });
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan dueTime, TimeSpan period)
    {
        _timer!.Change(dueTime, period);
        return Task.CompletedTask;
    }

    public Task Dispose()
    {
        _timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task<int> Ticks() => Task.FromResult(_ticks);

    public Task<bool> WasCancelled() => Task.FromResult(_token.IsCancellationRequested);

    public Task Block(string gate) => Gate.Named(gate).Pass();

    public Task FailNextTicks()
    {
        _fails = true;
        return Task.CompletedTask;
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Ping() => Task.CompletedTask;
}
