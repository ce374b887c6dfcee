using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Replicas;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>
/// OffsetCommit: answered when the positions are committed to the offsets topic, or at the latest after its timeout. The time that
/// version 1 puts beside each position is not used: positions age from their commit on.
/// </summary>
internal sealed class OffsetCommitHandler(GroupCoordinators coordinators, IClusterMetadata metadata, BrokerSettings settings, TimeProvider time)
    : ApiHandler<OffsetCommitRequest>(ApiKey.OffsetCommit, new ApiVersionRange(1, 10))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, OffsetCommitRequest request)
    {
        var response = new OffsetCommitResponse();
        var offsets = new List<OffsetToCommit>();
        var committed = new List<OffsetCommitResponse.OffsetCommitResponsePartition>();
        var image = metadata.Current;
        foreach (var topic in request.Topics)
        {
            var (name, error) = Topics.Resolve(image, topic.Name, topic.TopicId);
            var answered = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = name, TopicId = topic.TopicId };
            response.Topics.Add(answered);
            foreach (var partition in topic.Partitions)
            {
                var isThere = Topics.Find(image, new TopicPartition(name, partition.PartitionIndex)) is not null;
                var refusal = error is ErrorCode.None && !isThere ? ErrorCode.UnknownTopicOrPartition : error;
                var answer = new OffsetCommitResponse.OffsetCommitResponsePartition { PartitionIndex = partition.PartitionIndex, ErrorCode = (short)refusal };
                answered.Partitions.Add(answer);
                if (refusal is ErrorCode.None)
                {
                    committed.Add(answer);
                    offsets.Add(new OffsetToCommit
                    {
                        Partition = new GroupTopicPartition(name, partition.PartitionIndex),
                        Offset = new Offset(partition.CommittedOffset),
                        LeaderEpoch = new LeaderEpoch(partition.CommittedLeaderEpoch),
                        Metadata = partition.CommittedMetadata,
                    });
                }
            }
        }

        if (offsets.Count > 0)
        {
            var result = await CommitAsync(context, request, [.. offsets]).ConfigureAwait(false);
            for (var i = 0; i < committed.Count; i++)
            {
                committed[i].ErrorCode = (short)(result.Error is ErrorCode.None ? result.PartitionErrors[i] : result.Error);
            }
        }

        return response;
    }

    private async Task<OffsetsResult> CommitAsync(RequestContext context, OffsetCommitRequest request, OffsetToCommit[] offsets)
    {
        var command = new CommitOffsetsCommand
        {
            MemberId = request.MemberId,
            InstanceId = request.GroupInstanceId,
            Generation = request.GenerationIdOrMemberEpoch,
            RetentionMs = request.RetentionTimeMs,
            Offsets = offsets,
            KnowsMemberEpochs = context.Version >= 9,
            UnknownGroup = context.Version >= 9 ? ErrorCode.GroupIdNotFound : ErrorCode.IllegalGeneration,
        };
        var timeout = TimeSpan.FromMilliseconds(settings.Int("offsets.commit.timeout.ms"));
        return await coordinators.AskAsync(
            context,
            request.GroupId,
            group => group.CommitOffsets(command).WaitAsync(timeout, time),
            static error => new OffsetsResult { Error = error }).ConfigureAwait(false);
    }
}
