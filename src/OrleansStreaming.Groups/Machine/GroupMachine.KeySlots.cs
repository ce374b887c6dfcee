using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Machine;

public sealed partial class GroupMachine
{
    private readonly KeySlotMachine _keySlots = new();

    /// <summary>A member of a key-based group reports what it has finished; answered with a <see cref="KeyProgressResult"/>.</summary>
    public void ReportFinished(long request, KeyProgressCommand command, Moment now)
    {
        _now = now;
        if ((_consumers?.CheckReport(command.MemberId, command.MemberEpoch) ?? ErrorCode.UnknownMemberId) is var refusal and not ErrorCode.None)
        {
            _outbox.Answer(request, new KeyProgressResult { Error = refusal });
            return;
        }

        var merged = Array.ConvertAll(command.Partitions, report => _keySlots.Merge(report, _offsets.GetValueOrDefault(report.Partition)));
        var entries = new List<OffsetEntry>();
        for (var i = 0; i < merged.Length; i++)
        {
            var partition = command.Partitions[i].Partition;
            entries.Add(new OffsetEntry
            {
                Partition = partition,
                Value = new CommittedOffset
                {
                    Offset = merged[i].LowWatermark,
                    LeaderEpoch = LeaderEpoch.None,
                    Metadata = _keySlots.MetadataOf(partition),
                    CommitTimestamp = now.UnixMs,
                },
            });
        }

        WriteProgress(request, [.. entries.Where(IsNews)], merged);
    }

    private void WriteProgress(long request, OffsetEntry[] entries, KeyProgress[] merged)
    {
        void Completed(ErrorCode error)
        {
            if (error is ErrorCode.None)
            {
                Apply(entries);
            }

            _outbox.Answer(request, error is ErrorCode.None ? new KeyProgressResult { Partitions = merged } : new KeyProgressResult { Error = error });
        }

        if (entries.Length > 0)
        {
            Write(new GroupWrite { GroupId = _groupId, Offsets = entries }, Completed);
        }
        else
        {
            // What it says was reported by others, and perhaps is only being written.
            AfterWrites(() => Completed(ErrorCode.None));
        }
    }

    private bool IsNews(OffsetEntry entry) =>
        !_offsets.TryGetValue(entry.Partition, out var written) || written.Offset != entry.Value!.Offset || written.Metadata != entry.Value.Metadata;
}
