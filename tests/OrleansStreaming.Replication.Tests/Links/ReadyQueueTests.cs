using OrleansStreaming.Replication.Links;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Links;

public sealed class ReadyQueueTests
{
    private readonly ReadyQueue _queue = new();

    [Fact]
    public void Each_stands_in_line_once_and_in_the_order_in_which_it_came()
    {
        using var first = new ReplicaHost();
        using var second = new ReplicaHost();
        _queue.Add(first.Replica, isCatchingUp: false);
        _queue.Add(second.Replica, isCatchingUp: false);
        _queue.Add(first.Replica, isCatchingUp: false);
        Assert.Same(first.Replica, _queue.Take(isCatchingUp: false));
        Assert.Same(second.Replica, _queue.Take(isCatchingUp: false));
        Assert.Null(_queue.Take(isCatchingUp: false));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Those_that_catch_up_stand_apart()
    {
        using var live = new ReplicaHost();
        using var late = new ReplicaHost();
        _queue.Add(late.Replica, isCatchingUp: true);
        _queue.Add(live.Replica, isCatchingUp: false);
        Assert.True(_queue.HasCatchUp);
        Assert.Same(live.Replica, _queue.Take(isCatchingUp: false));
        Assert.Same(late.Replica, _queue.Take(isCatchingUp: true));
    }

    [Fact]
    public void Who_waits_for_its_time_comes_when_it_is_due_or_when_there_is_more_before()
    {
        using var first = new ReplicaHost();
        using var second = new ReplicaHost();
        Assert.True(_queue.AddLater(first.Replica, false, At(20)));
        Assert.True(_queue.AddLater(second.Replica, false, At(10)));
        Assert.False(_queue.AddLater(second.Replica, false, At(15)));
        Assert.True(_queue.IsEmpty);

        Assert.Equal(At(20), _queue.AddDue(At(10)));
        Assert.Same(second.Replica, _queue.Take(isCatchingUp: false));
        _queue.Add(first.Replica, isCatchingUp: false);
        Assert.Null(_queue.AddDue(At(30)));
        Assert.Same(first.Replica, _queue.Take(isCatchingUp: false));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void A_rider_goes_before_its_time_once_and_only_while_it_waits()
    {
        using var first = new ReplicaHost();
        using var second = new ReplicaHost();
        using var third = new ReplicaHost();
        _queue.AddLater(first.Replica, false, At(10), mayRide: true);
        _queue.AddLater(second.Replica, false, At(11), mayRide: true);
        _queue.AddLater(third.Replica, false, At(12), mayRide: false);
        _queue.Add(first.Replica, isCatchingUp: false);
        Assert.Null(_queue.TakeRider(At(5)));
        Assert.Same(second.Replica, _queue.TakeRider(At(20)));
        Assert.Null(_queue.TakeRider(At(20)));

        Assert.Null(_queue.AddDue(At(20)));
        Assert.Same(first.Replica, _queue.Take(isCatchingUp: false));
        Assert.Same(third.Replica, _queue.Take(isCatchingUp: false));
        Assert.True(_queue.IsEmpty);
    }

    [Fact]
    public void Who_has_slack_is_woken_later_but_comes_with_any_that_is_woken_for()
    {
        using var first = new ReplicaHost();
        using var second = new ReplicaHost();
        using var third = new ReplicaHost();
        Assert.True(_queue.AddLater(first.Replica, false, At(10), mayRide: true, slack: At(50)));
        Assert.False(_queue.AddLater(second.Replica, false, At(30), mayRide: true, slack: At(50)));
        Assert.True(_queue.AddLater(third.Replica, false, At(20)));

        Assert.Equal(At(80), _queue.AddDue(At(20)));
        Assert.Same(first.Replica, _queue.Take(isCatchingUp: false));
        Assert.Same(third.Replica, _queue.Take(isCatchingUp: false));
        Assert.True(_queue.IsEmpty);
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
