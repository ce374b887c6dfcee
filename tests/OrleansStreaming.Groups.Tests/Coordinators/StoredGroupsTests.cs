using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Coordinators;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Coordinators;

public sealed class StoredGroupsTests
{
    private static readonly LeaderEpoch _epoch = new(1);

    private readonly StoredGroups _groups = new();

    [Fact]
    public void The_last_record_of_a_key_counts()
    {
        Assert.True(Put("g", "t", 1));
        Assert.True(Put("g", "t", 2));
        Assert.True(Put("g", "u", 3));

        var opened = _groups.Open("g", _epoch);

        Assert.Equal([("t", 2L), ("u", 3L)], opened.Offsets.Select(entry => (entry.Partition.Topic, entry.Value!.Offset.Value)).Order());
        Assert.Equal((_epoch, null), (opened.Epoch, opened.Metadata));
    }

    [Fact]
    public void Tombstones_forget_and_a_group_without_records_is_gone()
    {
        Put("g", "t", 1);
        var key = new RecordKey("g", null).Write();
        Assert.True(_groups.Apply(key, GroupMetadataSchema.Write(new GroupMetadata { ProtocolType = "consumer", Generation = 1 }), hasValue: true));

        Assert.True(_groups.Apply(key, default, hasValue: false));
        Assert.Equal(["g"], _groups.Ids);
        Assert.True(_groups.Apply(new RecordKey("g", new GroupTopicPartition("t", 0)).Write(), default, hasValue: false));

        Assert.Empty(_groups.Ids);
    }

    [Fact]
    public void Records_of_other_kinds_change_nothing()
    {
        Assert.False(_groups.Apply(Convert.FromHexString("000A000167"), [1], hasValue: true));
        Assert.Empty(_groups.Ids);
    }

    [Fact]
    public void Groups_that_may_have_something_to_forget_are_found()
    {
        Put("old", "t", 1, committedAt: 100);
        Put("young", "t", 1, committedAt: 200);
        Put("expiring", "t", 1, committedAt: 200, expiresAt: 210);
        _groups.Apply(new GroupWrite { GroupId = "empty", MetadataChange = GroupMetadataChange.Put, Metadata = new GroupMetadata { ProtocolType = "x", Generation = 1 } });

        Assert.Equal(["empty", "expiring", "old"], _groups.Aged(unixMs: 1_100, retentionMs: 1_000).Order());
        Assert.Equal(["expiring", "old", "young"], _groups.WithOffsetsIn(new HashSet<string> { "t" }).Order());
    }

    private bool Put(string group, string topic, long offset, long committedAt = 1, long expiresAt = -1) => _groups.Apply(
        new RecordKey(group, new GroupTopicPartition(topic, 0)).Write(),
        OffsetSchema.Write(new CommittedOffset { Offset = new Offset(offset), CommitTimestamp = committedAt, ExpireTimestamp = expiresAt }),
        hasValue: true);
}
