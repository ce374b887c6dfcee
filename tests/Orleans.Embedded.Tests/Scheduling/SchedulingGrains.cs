using Orleans.Concurrency;
using Orleans.Embedded.Tests.Silos;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Scheduling;

public interface IScheduledGrain : IGrainWithStringKey
{
    Task<Guid> ActivationId();

    /// <summary>Announces itself at the gate and waits there.</summary>
    Task Block(string gate);

    Task Append(int value);

    Task<List<int>> Appended();

    /// <summary>Yields often while it counts how many of its kind are between turns; the most that ever were.</summary>
    Task<int> Overlap(int yields);

    Task<bool[]> SchedulersAcrossAwaits();

    [AlwaysInterleave]
    Task<string> Peek();

    [ReadOnly]
    Task Read(string gate);

    [ReadOnly]
    Task<string> ReadQuickly();
}

public interface IReentrantGrain : IGrainWithStringKey
{
    Task Block(string gate);

    Task<string> Quick();

    /// <summary>Adds one to a counter and gives up the turn, as often as said.</summary>
    Task Count(int times);

    Task<int> Counted();
}

public sealed class ScheduledGrain : Grain, IScheduledGrain
{
    private readonly Guid _id = Guid.NewGuid();
    private readonly List<int> _appended = [];
    private int _inside;
    private int _most;

    public Task<Guid> ActivationId() => Task.FromResult(_id);

    public Task Block(string gate) => Gate.Named(gate).Pass();

    public Task Append(int value)
    {
        _appended.Add(value);
        return Task.CompletedTask;
    }

    public Task<List<int>> Appended() => Task.FromResult(_appended);

    public async Task<int> Overlap(int yields)
    {
        _most = Math.Max(_most, ++_inside);
        for (var i = 0; i < yields; i++)
        {
            await Task.Yield();
        }

        _inside--;
        return _most;
    }

    public async Task<bool[]> SchedulersAcrossAwaits()
    {
        var own = TaskScheduler.Current;
        var isOwn = own != TaskScheduler.Default;
        await Task.Yield();
        var afterYield = TaskScheduler.Current == own;
        await Task.Run(() => { });
        var afterPool = TaskScheduler.Current == own;
        var factory = await Task.Factory.StartNew(() => TaskScheduler.Current == own);
#pragma warning disable ORLEANS0014 // leaving the scheduler is the point
        await Gate.Named(this.GetPrimaryKeyString()).Pass().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
#pragma warning restore ORLEANS0014
        return [isOwn, afterYield, afterPool, factory, TaskScheduler.Current != own];
    }

    public Task<string> Peek() => Task.FromResult("peeked");

    public Task Read(string gate) => Gate.Named(gate).Pass();

    public Task<string> ReadQuickly() => Task.FromResult("read");
}

[Reentrant]
public sealed class ReentrantGrain : Grain, IReentrantGrain
{
    private int _count;

    public Task Block(string gate) => Gate.Named(gate).Pass();

    public Task<string> Quick() => Task.FromResult("quick");

    public async Task Count(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _count++;
            await Task.Yield();
        }
    }

    public Task<int> Counted() => Task.FromResult(_count);
}
