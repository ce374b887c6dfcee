using Orleans.Embedded.Membership;

namespace Orleans.Embedded.Tests.Clusters;

public sealed class PulseTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    /// <summary>A pool whose threads all wait for a disk must not make a silo look dead.</summary>
    [Fact]
    public async Task BeatsDoNotComeFromThePool()
    {
        var beaten = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var pulse = new Pulse(TimeSpan.FromMilliseconds(1), () => beaten.TrySetResult(Thread.CurrentThread.IsThreadPoolThread));
        Assert.False(await beaten.Task.WaitAsync(_patience));
    }

    [Fact]
    public async Task ABeatThatFailsIsFollowedByOthers()
    {
        var beats = 0;
        var third = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var pulse = new Pulse(TimeSpan.FromMilliseconds(1), () =>
        {
            if (++beats == 3)
            {
                third.SetResult();
            }
            else if (beats < 3)
            {
                throw new IOException("The disk stalls.");
            }
        });
        await third.Task.WaitAsync(_patience);
    }

    [Fact]
    public async Task AfterItsEndItBeatsNoMore()
    {
        var thread = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var pulse = new Pulse(TimeSpan.FromMilliseconds(1), () => thread.TrySetResult(Thread.CurrentThread));
        var beating = await thread.Task.WaitAsync(_patience);
        pulse.Dispose();
        Assert.True(beating.Join(_patience));
    }
}
