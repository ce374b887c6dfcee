using OrleansStreaming.Client.Connections;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Client.Admin;

internal sealed partial class StreamingAdmin
{
    public Task ReassignPartitionsAsync(
        IReadOnlyDictionary<TopicPartition, IReadOnlyList<BrokerId>?> replicas, CancellationToken cancellationToken = default) => PartitionsAsync(
        controller => controller.AlterReassignments(new AlterReassignmentsCommand
        {
            Partitions =
            [
                .. replicas.Select(entry => new PartitionReassignment
                {
                    Topic = entry.Key.Topic,
                    Partition = entry.Key.Partition,
                    Replicas = entry.Value?.ToArray(),
                }),
            ],
        }),
        "was not reassigned",
        cancellationToken);

    public async Task<IReadOnlyList<ReassignmentInfo>> ListReassignmentsAsync(CancellationToken cancellationToken = default)
    {
        await link.AwaitVersionAsync(0, cancellationToken).ConfigureAwait(false);
        return
        [
            .. from topic in link.Image.Topics.Values
               from partition in topic.Partitions
               where partition.AddingReplicas.Count > 0 || partition.RemovingReplicas.Count > 0
               select new ReassignmentInfo(
                   new TopicPartition(topic.Name, partition.Partition), partition.Replicas, partition.AddingReplicas, partition.RemovingReplicas),
        ];
    }

    public Task ElectLeadersAsync(IEnumerable<TopicPartition>? partitions = null, bool unclean = false, CancellationToken cancellationToken = default) => PartitionsAsync(
        controller => controller.ElectLeaders(new ElectLeadersCommand { IsUnclean = unclean, Partitions = partitions?.ToArray() }),
        "got no other leader",
        cancellationToken);

    /// <summary>Asks the controller about partitions, and waits until this client sees the effect. The first refusal is thrown.</summary>
    private async Task PartitionsAsync(Func<IControllerGrain, Task<PartitionCommandResult>> command, string what, CancellationToken cancellationToken)
    {
        var result = await AnswerAsync(() => command(link.Controller), $"A partition {what}", cancellationToken).ConfigureAwait(false);
        foreach (var outcome in result.Outcomes)
        {
            if (outcome.Error is not (ErrorCode.None or ErrorCode.ElectionNotNeeded))
            {
                var partition = new TopicPartition(outcome.Topic, outcome.Partition);
                throw outcome.Error is ErrorCode.UnknownTopicOrPartition
                    ? new UnknownTopicException(outcome.Topic, $"{partition} {what}: there is no such partition. Admin.ListTopicsAsync names those there are.")
                    : Refusals.Of(outcome.Error, outcome.ErrorMessage, $"{partition} {what}");
            }
        }

        await link.AwaitVersionAsync(result.MetadataVersion, cancellationToken).ConfigureAwait(false);
    }
}
