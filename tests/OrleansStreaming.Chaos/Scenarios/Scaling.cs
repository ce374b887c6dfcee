using OrleansStreaming.Chaos.Clients;
using OrleansStreaming.Chaos.Clusters;
using OrleansStreaming.Chaos.Wire;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Chaos.Scenarios;

/// <summary>Two more brokers join, the partitions move onto all of them, then back, and the two leave again.</summary>
internal sealed class Scaling(ClusterProcesses cluster, ClusterView view, string topic, Action<string> say)
{
    private const int Added = 2;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync()
    {
        var before = (await Task.Run(() => view.Partitions(topic)) ?? throw new InvalidOperationException("No broker answers."))
            .OrderBy(partition => partition.PartitionId)
            .Select(partition => partition.Replicas)
            .ToArray();
        var joined = new List<BrokerMember>();
        for (var i = 0; i < Added; i++)
        {
            joined.Add(await cluster.AddAsync());
            say($"broker {joined[^1].Id} joins");
        }

        var everybody = cluster.Members.Select(member => member.Id).ToArray();
        await MoveAsync([.. before.Select((replicas, partition) => Spread(everybody, partition, replicas.Length))]);
        await MoveAsync(before);
        foreach (var member in joined)
        {
            say($"broker {member.Id} leaves");
            await cluster.RemoveAsync(member);
        }
    }

    private static int[] Spread(int[] brokers, int partition, int count) =>
        [.. Enumerable.Range(0, count).Select(place => brokers[(partition + place) % brokers.Length])];

    private async Task MoveAsync(int[][] target)
    {
        say($"partitions move to {string.Join("; ", target.Select((replicas, partition) => $"{partition}: {string.Join(' ', replicas)}"))}");
        var place = cluster.Members[0].Address.Split(':');
        using var connection = await WireConnection.ConnectAsync(place[0], int.Parse(place[1]), CancellationToken.None);
        var request = new AlterPartitionReassignmentsRequest
        {
            TimeoutMs = 30_000,
            Topics =
            [
                new AlterPartitionReassignmentsRequest.ReassignableTopic
                {
                    Name = topic,
                    Partitions =
                    [
                        .. target.Select((replicas, partition) => new AlterPartitionReassignmentsRequest.ReassignablePartition
                        {
                            PartitionIndex = partition,
                            Replicas = [.. replicas],
                        }),
                    ],
                },
            ],
        };
        var answer = await connection.AskAsync<AlterPartitionReassignmentsResponse>(request, 0, CancellationToken.None);
        var refused = answer.Responses.SelectMany(response => response.Partitions).FirstOrDefault(partition => partition.ErrorCode != 0);
        if (answer.ErrorCode != 0 || refused is not null)
        {
            throw new InvalidOperationException($"The move was refused: {answer.ErrorMessage ?? refused?.ErrorMessage}");
        }

        await view.UntilAsync(
            topic,
            partitions => partitions.All(partition => partition.Replicas.SequenceEqual(target[partition.PartitionId]) && ClusterView.IsHealthy(partition)),
            _patience);
    }
}
