using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Replicas;

namespace OrleansStreaming.Replication.Links;

/// <summary>Hands another broker's parts to the followers here. Any thread.</summary>
internal sealed class PartReceiver(LocalReplicas replicas)
{
    /// <summary>Each part is taken by itself; syncs that are due run side by side.</summary>
    public async Task<ReplicateResponse> TakeAsync(ReplicateRequest request, long brokerEpoch)
    {
        var answers = new ReplicateAnswer[request.Parts.Length];
        List<(int Index, Task<ReplicateAnswer> Answer)>? syncing = null;
        for (var i = 0; i < answers.Length; i++)
        {
            var part = request.Parts[i];
            if (replicas.Find(new TopicPartition(part.Topic, part.Partition)) is not { } replica)
            {
                answers[i] = new ReplicateAnswer(ErrorCode.NotLeaderOrFollower, LeaderEpoch.None, Offset.None, LeaderEpoch.None, Offset.None);
                continue;
            }

            var taken = replica.Take(part, request.From);
            if (taken.IsCompletedSuccessfully)
            {
                answers[i] = taken.Result;
            }
            else
            {
                (syncing ??= []).Add((i, taken.AsTask()));
            }
        }

        foreach (var (index, answer) in syncing ?? [])
        {
            answers[index] = await answer.ConfigureAwait(false);
        }

        return new ReplicateResponse { Answers = answers, BrokerEpoch = brokerEpoch };
    }

    /// <summary>The same for a message that came over a connection, whose bytes nobody else refers to: they are gone afterwards.</summary>
    public async Task<ReplicateResponse> TakeReceivedAsync(ReplicateRequest request, long brokerEpoch)
    {
        var response = await TakeAsync(request, brokerEpoch).ConfigureAwait(false);
        ReceivedRecords.Recycle(request);
        return response;
    }
}
