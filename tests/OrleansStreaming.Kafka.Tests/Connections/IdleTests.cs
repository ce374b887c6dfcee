using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Fakes;
using OrleansStreaming.Kafka.Tests.Wire;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Tests.Connections;

/// <summary><c>connections.max.idle.ms</c>.</summary>
public sealed class IdleTests
{
    private static readonly TimeSpan _tenMinutes = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_connection_on_which_nothing_happens_is_closed_after_ten_minutes()
    {
        await using var broker = await TestBroker.StartAsync();
        var client = await broker.ConnectAsync();
        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);

        broker.Time.Advance(_tenMinutes - _moment);
        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);
        broker.Time.Advance(_tenMinutes - _moment);
        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);

        // The answer is here a little before it counts as sent.
        var end = client.ReceiveEndAsync();
        while (!end.IsCompleted)
        {
            broker.Time.Advance(_tenMinutes);
            await Task.Yield();
        }

        await end;
        Assert.Empty(broker.Log.Shown);
    }

    [Fact]
    public async Task Who_waits_for_an_answer_is_not_idle()
    {
        await using var broker = await TestBroker.StartAsync();
        var commit = new TaskCompletionSource<ErrorCode>();
        var asked = new Signal();
        broker.Replicas["t", 0].CommitsAtOnce = false;
        broker.Replicas["t", 0].OnAwaitCommitted = (_, _) =>
        {
            asked.Raise();
            return commit.Task;
        };
        var client = await broker.ConnectAsync();
        await client.SendAsync(Requests.Produce(Batches.Of("a")), 9);
        await asked.WaitAsync();

        broker.Time.Advance(_tenMinutes);
        broker.Time.Advance(_tenMinutes);
        commit.SetResult(ErrorCode.None);

        Assert.Equal(0, Requests.Single(await client.ReceiveAsync<ProduceResponse>()).BaseOffset);
    }

    [Fact]
    public async Task A_negative_limit_is_none()
    {
        await using var broker = await TestBroker.StartAsync(options => options.Configs = new Dictionary<string, string> { ["connections.max.idle.ms"] = "-1" });
        var client = await broker.ConnectAsync();

        broker.Time.Advance(TimeSpan.FromDays(90));

        await client.AskAsync<ApiVersionsResponse>(Requests.ApiVersions(), 4);
    }
}
