using OrleansStreaming.Allocations;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Tests.Replicas;

public sealed class WaiterSetTests
{
    [Fact]
    public void Everyone_who_waits_is_called_until_removed()
    {
        var set = new WaiterSet();
        var waiters = Enumerable.Range(0, 10).Select(_ => new Waiter()).ToArray();
        Array.ForEach(waiters, set.Add);
        set.Signal();
        Assert.All(waiters, waiter => Assert.Equal(1, waiter.Calls));
        set.Remove(waiters[3]);
        set.Remove(waiters[3]);
        set.Signal();
        Assert.Equal(1, waiters[3].Calls);
        Assert.Equal(2, waiters[9].Calls);
    }

    [Fact]
    public void Adding_twice_is_once()
    {
        var set = new WaiterSet();
        var waiter = new Waiter();
        set.Add(waiter);
        set.Add(waiter);
        set.Signal();
        Assert.Equal(1, waiter.Calls);
        set.Remove(waiter);
        set.Signal();
        Assert.Equal(1, waiter.Calls);
    }

    [Fact]
    public void A_waiter_may_remove_itself_add_others_and_signal_again()
    {
        var set = new WaiterSet();
        var other = new Waiter();
        var self = new Waiter();
        self.Action = () =>
        {
            set.Remove(self);
            set.Add(other);
            set.Signal();
        };
        set.Add(self);
        set.Signal();
        Assert.Equal(1, self.Calls);
        Assert.Equal(1, other.Calls);
    }

    [Fact]
    public void Random_histories_agree_with_a_set()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var set = new WaiterSet();
            var expected = new HashSet<Waiter>();
            var all = Enumerable.Range(0, 20).Select(_ => new Waiter()).ToArray();
            for (var step = 0; step < 200; step++)
            {
                var waiter = all[random.Next(all.Length)];
                if (random.Next(2) == 0)
                {
                    set.Add(waiter);
                    expected.Add(waiter);
                }
                else
                {
                    set.Remove(waiter);
                    expected.Remove(waiter);
                }

                var before = all.Select(each => each.Calls).ToArray();
                set.Signal();
                for (var i = 0; i < all.Length; i++)
                {
                    Assert.True(all[i].Calls - before[i] == (expected.Contains(all[i]) ? 1 : 0), $"seed {seed}, step {step}");
                }
            }
        }
    }

    [Fact]
    public void Signalling_allocates_nothing()
    {
        var set = new WaiterSet();
        for (var i = 0; i < 8; i++)
        {
            set.Add(new Waiter());
        }

        Assert.Equal(0, Allocated.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                set.Signal();
            }
        }));
    }

    private sealed class Waiter : IProgressWaiter
    {
        public int Calls { get; private set; }

        public Action? Action { get; set; }

        public void OnProgress()
        {
            Calls++;
            Action?.Invoke();
        }
    }
}
