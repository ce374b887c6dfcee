using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Tests.Wire;

namespace OrleansStreaming.Kafka.Tests.Fetching;

/// <summary>Records that lie in files go from there to the socket, and arrive as if they had been copied.</summary>
public sealed class RecordsFromFilesTests
{
    private const int Bytes = 12 * 1024 * 1024;

    [Fact]
    public async Task More_than_the_sockets_hold()
    {
        await using var broker = await TestBroker.StartAsync();
        broker.Replicas.Records.AreInFiles = true;
        for (var partition = 0; partition < 3; partition++)
        {
            broker.Replicas["t", partition].Store(Batches.Large(Bytes, seed: partition));
        }

        var client = await broker.ConnectAsync();
        for (var partition = 0; partition < 3; partition++)
        {
            await client.SendAsync(Requests.Fetch(partition: partition), 12);
        }

        for (var partition = 0; partition < 3; partition++)
        {
            var fetched = Requests.Single(await client.ReceiveAsync<FetchResponse>());
            Assert.Equal(Batches.Large(Bytes, seed: partition), Batches.Unstamped(Batches.Bytes(fetched.Records)));
        }

        if (OperatingSystem.IsLinux())
        {
            Assert.True(broker.Replicas.Records.Passed > 0, "Everything was copied.");
        }
    }
}
