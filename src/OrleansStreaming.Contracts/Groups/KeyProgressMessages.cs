using Orleans;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Contracts.Groups;

/// <summary>Offsets from the first to the last, both included.</summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.OffsetRange")]
public readonly record struct OffsetRange([property: Id(0)] long First, [property: Id(1)] long Last);

/// <summary>
/// A member of a key-based group reports what it has finished, and asks how far the partitions are. How such a member works:
/// <list type="number">
/// <item>It joins with <see cref="AssignorNames.KeyBased"/>; its assignment names units of <see cref="KeySlots"/>.</item>
/// <item>Of a partition with a new slot it asks the progress, here, with nothing finished. It reads from the low watermark, keeps the
/// records of its slots that are not finished, and handles those of one key one after the other.</item>
/// <item>It reads no further than <see cref="FinishedOffsets.Window"/> above the low watermark of the last answer.</item>
/// <item>Offsets that it finds no record for (compacted away, transaction markers) it reports as finished too: they have no slot.</item>
/// <item>A slot that is to be given up is drained: no new record of it is begun, those in hand are finished and reported, and when that
/// is answered the next heartbeat no longer names the slot. Only then does its new owner get it.</item>
/// </list>
/// What was answered without an error is never handed out again; what was not may be, so that handling is at least once.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.KeyProgressCommand")]
public sealed class KeyProgressCommand
{
    [Id(0)] public required string MemberId { get; init; }

    [Id(1)] public required int MemberEpoch { get; init; }

    [Id(2)] public required FinishedPartition[] Partitions { get; init; }
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.FinishedPartition")]
public sealed class FinishedPartition
{
    [Id(0)] public required GroupTopicPartition Partition { get; init; }

    [Id(1)] public OffsetRange[] Finished { get; init; } = [];

    /// <summary>Where the group begins when it has no position yet; the first one to say so decides.</summary>
    [Id(2)] public Offset StartOffset { get; init; }
}

/// <summary>
/// The progress of each partition asked for, in their order, as committed; or one error for all: UNKNOWN_MEMBER_ID,
/// STALE_MEMBER_EPOCH (what was finished meanwhile counts for nothing if the slots are gone: send a heartbeat first),
/// INCONSISTENT_GROUP_PROTOCOL when the group is not key-based.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansStreaming.KeyProgressResult")]
public sealed class KeyProgressResult
{
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public KeyProgress[] Partitions { get; init; } = [];
}

[GenerateSerializer, Immutable, Alias("OrleansStreaming.KeyProgress")]
public sealed class KeyProgress
{
    /// <summary>OFFSET_OUT_OF_RANGE: some range reaches beyond the window, and none was taken.</summary>
    [Id(0)] public ErrorCode Error { get; init; }

    [Id(1)] public required Offset LowWatermark { get; init; }

    /// <summary>What is finished above the low watermark, ascending.</summary>
    [Id(2)] public OffsetRange[] Ahead { get; init; } = [];
}
