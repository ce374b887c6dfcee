using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Embedded.Tests.Calls;
using Orleans.Embedded.Tests.Silos;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Orleans.Embedded.Tests.Activations;

public sealed class ShutdownTests
{
    [Fact]
    public async Task Stopping_deactivates_every_grain()
    {
        var keys = Enumerable.Range(0, 20).Select(_ => Gate.NewName()).ToArray();
        await using var silo = await TestSilo.Start();
        foreach (var key in keys)
        {
            await silo.Grains.GetGrain<ILifeGrain>(key).ActivationId();
        }

        await silo.Stop();

        Assert.All(keys, key => Assert.Equal(1, Gate.Named(key + "-ShuttingDown").Arrived));
    }

    [Fact]
    public async Task Stopping_waits_for_running_requests()
    {
        var key = Gate.NewName();
        await using var silo = await TestSilo.Start();
        var running = silo.Grains.GetGrain<ICallGrain>(key).Block(key);
        await Gate.Named(key).Arrival();
        var stopping = silo.Stop();
        Gate.Named(key).Open();
        await stopping;

        await running;
    }

    [Fact, Trait("orleans", "embedded")]
    public async Task Grains_that_do_not_end_in_time_are_left_behind_and_named_and_the_silo_leaves_all_the_same()
    {
        var key = Gate.NewName();
        var lines = new Lines();
        await using var silo = await TestSilo.Start(builder => builder.Services
            .AddSingleton<ILoggerProvider>(lines)
            .Configure<LoggerFilterOptions>(options => options.MinLevel = LogLevel.Warning));
        var membership = silo.Services.GetRequiredService<IClusterMembershipService>();
        var running = silo.Grains.GetGrain<ICallGrain>(key).Block(key);
        await Gate.Named(key).Arrival();
        using var time = new CancellationTokenSource();
        var stopping = silo.Stop(time.Token);
        Assert.False(stopping.IsCompleted);
        await time.CancelAsync();
        await stopping.ContinueWith(_ => { }, TaskScheduler.Default);

        Assert.Equal(SiloStatus.Dead, membership.CurrentSnapshot.GetSiloStatus(silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress));
        var line = Assert.Single(lines.All, line => line.Text.Contains("have not ended in time", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Contains(key, line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(lines.All, line => line.Text.Contains("did not stop cleanly", StringComparison.Ordinal));
        Gate.Named(key).Open();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact, Trait("orleans", "embedded")]
    public async Task A_silo_goes_from_joining_over_active_to_dead_and_says_so()
    {
        await using var silo = await TestSilo.Start();
        var membership = silo.Services.GetRequiredService<IClusterMembershipService>();
        var address = silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var seen = new List<SiloStatus>();
        var watched = Task.Run(async () =>
        {
            await foreach (var snapshot in membership.MembershipUpdates)
            {
                seen.Add(snapshot.GetSiloStatus(address));
                if (seen[^1] == SiloStatus.Dead)
                {
                    return;
                }
            }
        });
        Assert.Equal(SiloStatus.Active, membership.CurrentSnapshot.GetSiloStatus(address));
        Assert.Equal("test-silo", Assert.Single(membership.CurrentSnapshot.Members.Values).Name);
        await silo.Stop();
        await watched;

        Assert.Equal(SiloStatus.Dead, seen[^1]);
        Assert.Equal(seen.Order(), seen);
    }

    [Fact]
    public async Task Participants_start_in_the_order_of_their_stages_and_stop_in_reverse()
    {
        var log = new List<string>();
        await using (var silo = await TestSilo.Start(builder => builder.Services
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant("late", ServiceLifecycleStage.Active, log))
            .AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant("early", ServiceLifecycleStage.RuntimeServices, log))))
        {
            Assert.Equal(["+early", "+late"], log);
        }

        Assert.Equal(["+early", "+late", "-late", "-early"], log);
    }

    [Fact]
    public async Task A_startup_task_may_call_grains()
    {
        var key = Gate.NewName();
        await using var silo = await TestSilo.Start(builder => builder.AddStartupTask(
            async (services, _) => await services.GetRequiredService<IGrainFactory>().GetGrain<ILifeGrain>(key).ActivationId()));

        Assert.Equal(1, Gate.Named(key + "-activated").Arrived);
    }

    /// <summary>What is logged.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Enqueue((logLevel, formatter(state, exception)));

        public void Dispose()
        {
        }
    }

    private sealed class Participant(string name, int stage, List<string> log) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(name, stage, _ => Note("+"), _ => Note("-"));

        private Task Note(string sign)
        {
            log.Add(sign + name);
            return Task.CompletedTask;
        }
    }
}
