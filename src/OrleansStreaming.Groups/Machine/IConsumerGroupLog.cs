using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

/// <summary>Where a <see cref="ConsumerGroupMachine"/> writes: in the line of everything that its group writes.</summary>
internal interface IConsumerGroupLog
{
    /// <param name="removesClassic">The group was a classic one: its metadata goes in the same batch.</param>
    void Write(GroupRecord[] records, bool removesClassic, Action<ErrorCode> completed);

    /// <summary>The last member that spoke the consumer protocol has gone or is going; the others may be a classic group again, which begins with a rebalance.</summary>
    /// <returns>Whether they are: the consumer group is over, and does and writes nothing more.</returns>
    bool TryDowngrade(ConsumerMember? leaving);
}
