using OrleansStreaming.Kafka.Producers;
using OrleansStreaming.Records.Batches;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Kafka.Tests.Producing;

public sealed class RefusedBatchesTests
{
    private static readonly TopicPartition _partition = new("t", 0);

    private readonly RefusedBatches _refused = new();

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower)]
    [InlineData(ErrorCode.NotEnoughReplicas)]
    [InlineData(ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.KafkaStorageError)]
    public void What_came_behind_a_refused_batch_is_refused_for_the_same_reason(ErrorCode reason)
    {
        Assert.Equal(reason, Note(7, reason));

        Assert.Equal(reason, Note(8, ErrorCode.OutOfOrderSequenceNumber));
        Assert.Equal(reason, Note(9, reason));
        Assert.Equal(reason, Note(12, ErrorCode.OutOfOrderSequenceNumber));
    }

    [Fact]
    public void Once_it_has_come_again_everything_is_as_it_was()
    {
        Note(7, ErrorCode.NotEnoughReplicas);

        Assert.Equal(ErrorCode.None, Note(7, ErrorCode.None));

        Assert.True(_refused.IsEmpty);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Note(9, ErrorCode.OutOfOrderSequenceNumber));
    }

    [Fact]
    public void The_refused_batch_itself_is_told_when_it_is_out_of_sequence()
    {
        Note(7, ErrorCode.NotEnoughReplicas);

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Note(7, ErrorCode.OutOfOrderSequenceNumber));
    }

    [Fact]
    public void A_client_that_goes_on_without_it_is_told_in_the_end()
    {
        Note(7, ErrorCode.NotLeaderOrFollower);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(ErrorCode.NotLeaderOrFollower, Note(8, ErrorCode.OutOfOrderSequenceNumber));
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Note(8, ErrorCode.OutOfOrderSequenceNumber));
    }

    [Fact]
    public void Partitions_producers_and_epochs_have_nothing_to_do_with_each_other()
    {
        Note(7, ErrorCode.NotEnoughReplicas);

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _refused.Note(new("t", 1), Batch(8), ErrorCode.OutOfOrderSequenceNumber));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _refused.Note(_partition, Batch(8) with { ProducerId = 2 }, ErrorCode.OutOfOrderSequenceNumber));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _refused.Note(_partition, Batch(8) with { ProducerEpoch = 1 }, ErrorCode.OutOfOrderSequenceNumber));
    }

    [Fact]
    public void Batches_without_a_producer_are_not_remembered()
    {
        _refused.Note(_partition, Batch(7) with { ProducerId = BatchHeader.NoProducerId }, ErrorCode.NotEnoughReplicas);

        Assert.True(_refused.IsEmpty);
    }

    private static BatchHeader Batch(int sequence) => new() { ProducerId = 1, ProducerEpoch = 0, BaseSequence = sequence };

    private ErrorCode Note(int sequence, ErrorCode outcome) => _refused.Note(_partition, Batch(sequence), outcome);
}
