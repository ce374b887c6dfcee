using Microsoft.Extensions.Logging.Abstractions;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Links;
using OrleansStreaming.Replication.Partitions;
using OrleansStreaming.Replication.Tests.Support;

namespace OrleansStreaming.Replication.Tests.Links;

/// <summary>One link whose peer is the test: every message is held until it is answered here.</summary>
public sealed class BrokerLinkTests : IDisposable
{
    private static readonly BrokerId _peer = new(2);

    private readonly List<ReplicaHost> _hosts = [new ReplicaHost()];
    private readonly ManualClock _clock = new();
    private readonly System.Threading.Channels.Channel<(ReplicateRequest Request, TaskCompletionSource<ReplicateResponse> Answer)> _sent =
        System.Threading.Channels.Channel.CreateUnbounded<(ReplicateRequest, TaskCompletionSource<ReplicateResponse>)>();

    private TimeSpan _now = TimeSpan.FromMinutes(1);

    public void Dispose() => _hosts.ForEach(host => host.Dispose());

    [Fact]
    public async Task What_comes_while_enough_is_under_way_travels_together()
    {
        var link = Link(new LinkOptions { MaxUnderWay = 1 });
        var replicas = Leaders(4);
        link.Ready(replicas[0].Replica, TimeSpan.Zero, isCatchingUp: false);
        var first = await _sent.Reader.ReadAsync();
        Assert.Single(first.Request.Parts);
        replicas[1..].ForEach(host => link.Ready(host.Replica, TimeSpan.Zero, isCatchingUp: false));
        Answer(first);
        Assert.Equal(3, (await _sent.Reader.ReadAsync()).Request.Parts.Length);
    }

    [Fact]
    public async Task A_call_that_fails_or_takes_too_long_is_given_up_and_the_link_goes_on()
    {
        var link = Link(new LinkOptions { MaxUnderWay = 1, Timeout = TimeSpan.FromSeconds(10) });
        var host = Leaders(1)[0];
        link.Ready(host.Replica, TimeSpan.Zero, isCatchingUp: false);
        (await _sent.Reader.ReadAsync()).Answer.SetException(new IOException("cut"));
        var retried = await NextAsync(link, host, passing: TimeSpan.Zero);
        var again = await NextAsync(link, host, passing: TimeSpan.FromSeconds(11));
        Assert.All([retried, again], message => Assert.True(message.Request.Parts.Single().Records.IsEmpty));
    }

    [Fact]
    public async Task Those_that_catch_up_get_no_more_than_a_share_beside_live_ones()
    {
        var link = Link(new LinkOptions { MaxUnderWay = 1, CatchUpBytes = 1 });
        var blocker = Leaders(1)[0];
        var live = Leaders(2);
        var late = Leaders(2);
        link.Ready(blocker.Replica, TimeSpan.Zero, isCatchingUp: false);
        var first = await _sent.Reader.ReadAsync();
        late.ForEach(host => link.Ready(host.Replica, TimeSpan.Zero, isCatchingUp: true));
        live.ForEach(host => link.Ready(host.Replica, TimeSpan.Zero, isCatchingUp: false));
        Answer(first);
        var second = await _sent.Reader.ReadAsync();
        Assert.Equal(3, second.Request.Parts.Length);
        Answer(second);
        Assert.Single((await _sent.Reader.ReadAsync()).Request.Parts);
    }

    [Fact]
    public async Task What_only_waits_for_company_goes_with_a_message_that_is_sent_anyway()
    {
        var link = Link(new LinkOptions());
        var hosts = Leaders(3);
        link.Ready(hosts[0].Replica, _now + TimeSpan.FromMilliseconds(20), isCatchingUp: false);
        link.Ready(hosts[1].Replica, _now + TimeSpan.FromMilliseconds(60), isCatchingUp: false);
        link.Ready(hosts[2].Replica, TimeSpan.Zero, isCatchingUp: false);
        Assert.Equal(2, (await _sent.Reader.ReadAsync()).Request.Parts.Length);
    }

    [Fact]
    public async Task Over_a_busy_link_what_may_ride_waits_longer_for_company_but_not_for_ever()
    {
        var link = Link(new LinkOptions { MaxUnderWay = 4 });
        var hosts = Leaders(4);
        foreach (var host in hosts[..2])
        {
            link.Ready(host.Replica, TimeSpan.Zero, isCatchingUp: false);
            await _sent.Reader.ReadAsync();
        }

        link.Ready(hosts[2].Replica, _now + FollowerStream.TellAfter, isCatchingUp: false);
        Pass(2 * FollowerStream.TellAfter);
        Assert.False(_sent.Reader.TryRead(out _));

        Pass(4 * FollowerStream.TellAfter);
        Assert.Single((await _sent.Reader.ReadAsync()).Request.Parts);

        // It is no longer busy.
        link.Ready(hosts[3].Replica, _now + FollowerStream.TellAfter, isCatchingUp: false);
        Pass(FollowerStream.TellAfter);
        Assert.Single((await _sent.Reader.ReadAsync()).Request.Parts);
    }

    private void Pass(TimeSpan time)
    {
        _now += time;
        _clock.Advance(time);
    }

    /// <summary>Time passes until the call under way is given up and the link tries the replica again.</summary>
    private async Task<(ReplicateRequest Request, TaskCompletionSource<ReplicateResponse> Answer)> NextAsync(
        BrokerLink link, ReplicaHost host, TimeSpan passing)
    {
        while (host.Peers.Told.IsEmpty)
        {
            _clock.Advance(passing);
            await Task.Yield();
        }

        host.Peers.Now += TimeSpan.FromSeconds(2);
        host.Peers.Told.Clear();
        link.Ready(host.Replica, TimeSpan.Zero, isCatchingUp: false);
        return await _sent.Reader.ReadAsync();
    }

    private List<ReplicaHost> Leaders(int count)
    {
        var hosts = Enumerable.Range(0, count).Select(_ => new ReplicaHost().Lead(replicas: [1, 2], inSync: [1, 2])).ToList();
        hosts.ForEach(host => host.Peers.Told.Clear());
        _hosts.AddRange(hosts);
        return hosts;
    }

    private BrokerLink Link(LinkOptions options) => new(
        new BrokerId(1),
        _peer,
        options,
        request =>
        {
            var answer = new TaskCompletionSource<ReplicateResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
            _sent.Writer.TryWrite((request, answer));
            return answer.Task;
        },
        () => _now,
        _clock,
        _hosts[0].Metrics,
        NullLogger.Instance);

    private static void Answer((ReplicateRequest Request, TaskCompletionSource<ReplicateResponse> Answer) message, long end = 0) =>
        message.Answer.SetResult(new ReplicateResponse
        {
            BrokerEpoch = 1,
            Answers = Array.ConvertAll(
                message.Request.Parts,
                part => new ReplicateAnswer(ErrorCode.None, part.LeaderEpoch, new Offset(end), LeaderEpoch.None, Offset.Zero)),
        });
}
