using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Schemas;

public sealed class SchemaTests
{
    [Fact]
    public void The_key_of_an_offset_is_version_1()
    {
        var key = new RecordKey("grp", new GroupTopicPartition("top", 7));

        Assert.Equal("0001" + "0003677270" + "0003746F70" + "00000007", Hex(key.Write()));
        Assert.Equal(key, RecordKey.Read(key.Write()));
    }

    [Fact]
    public void The_key_of_a_group_is_version_2()
    {
        var key = new RecordKey("grp", null);

        Assert.Equal("0002" + "0003677270", Hex(key.Write()));
        Assert.Equal(key, RecordKey.Read(key.Write()));
    }

    [Theory]
    [InlineData("0003" + "0003677270")]
    [InlineData("FFFF")]
    [InlineData("0001" + "0003677270" + "0003746F70")]
    [InlineData("0002" + "00")]
    [InlineData("")]
    public void Other_keys_are_not_ours(string hex) => Assert.Null(RecordKey.Read(Convert.FromHexString(hex)));

    [Fact]
    public void An_offset_is_written_as_version_3()
    {
        var offset = new CommittedOffset { Offset = new Offset(258), LeaderEpoch = new LeaderEpoch(3), Metadata = "hi", CommitTimestamp = 4_096 };

        Assert.Equal("0003" + "0000000000000102" + "00000003" + "00026869" + "0000000000001000", Hex(OffsetSchema.Write(offset)));
        Assert.Equal(offset, OffsetSchema.Read(OffsetSchema.Write(offset)));
    }

    [Fact]
    public void An_offset_with_its_own_expiry_is_written_as_version_1()
    {
        var offset = new CommittedOffset { Offset = new Offset(1), CommitTimestamp = 2, ExpireTimestamp = 3 };

        Assert.Equal("0001" + "0000000000000001" + "0000" + "0000000000000002" + "0000000000000003", Hex(OffsetSchema.Write(offset)));
        Assert.Equal(offset, OffsetSchema.Read(OffsetSchema.Write(offset)));
    }

    [Theory]
    [InlineData("0000" + "0000000000000001" + "000161" + "0000000000000002", -1)]
    [InlineData("0002" + "0000000000000001" + "000161" + "0000000000000002", -1)]
    [InlineData("0004" + "0000000000000001" + "00000005" + "0261" + "0000000000000002" + "00", 5)]
    [InlineData("0004" + "0000000000000001" + "00000005" + "0261" + "0000000000000002" + "0107020A0B", 5)]
    public void Offsets_of_other_versions_are_read(string hex, int epoch)
    {
        var offset = OffsetSchema.Read(Convert.FromHexString(hex))!;

        Assert.Equal((new Offset(1), new LeaderEpoch(epoch), "a", 2), (offset.Offset, offset.LeaderEpoch, offset.Metadata, offset.CommitTimestamp));
    }

    [Fact]
    public void A_group_is_written_as_version_3()
    {
        var hex = Hex(GroupMetadataSchema.Write(Group()));

        Assert.Equal(
            "0003" + "0008636F6E73756D6572" + "00000005" + "000572616E6765" + "00026D31" + "0000000000000400" + "00000002"
            + "00026D31" + "FFFF" + "000163" + "00022F68" + "0000EA60" + "00002710" + "00000002AABB" + "00000001CC"
            + "00026D32" + "000169" + "000163" + "00022F68" + "0000EA60" + "00002710" + "00000000" + "00000000",
            hex);
        Assert.Equal(hex, Hex(GroupMetadataSchema.Write(GroupMetadataSchema.Read(Convert.FromHexString(hex))!)));
    }

    [Fact]
    public void An_empty_group_has_neither_protocol_nor_leader()
    {
        var bytes = GroupMetadataSchema.Write(new GroupMetadata { ProtocolType = "consumer", Generation = 2, StateTimestamp = 1 });

        Assert.Equal("0003" + "0008636F6E73756D6572" + "00000002" + "FFFF" + "FFFF" + "0000000000000001" + "00000000", Hex(bytes));
        var group = GroupMetadataSchema.Read(bytes)!;
        Assert.Equal((null, null, 0), (group.Protocol, group.Leader, group.Members.Length));
    }

    [Theory]
    [InlineData("0000" + "000178" + "00000001" + "000170" + "00016D" + "00000001" + "00016D" + "000163" + "000168" + "00000064" + "00000000" + "0000000109", -1, -1)]
    [InlineData("0001" + "000178" + "00000001" + "000170" + "00016D" + "00000001" + "00016D" + "000163" + "000168" + "000000C8" + "00000064" + "00000000" + "0000000109", 200, -1)]
    [InlineData("0004" + "0278" + "00000001" + "0270" + "026D" + "0000000000000007" + "02" + "026D" + "00" + "0263" + "0268" + "000000C8" + "00000064" + "01" + "0209" + "00" + "00", 200, 7)]
    public void Groups_of_other_versions_are_read(string hex, int rebalanceTimeout, long timestamp)
    {
        var group = GroupMetadataSchema.Read(Convert.FromHexString(hex))!;

        var member = Assert.Single(group.Members);
        Assert.Equal(("x", 1, "p", "m", timestamp), (group.ProtocolType, group.Generation, group.Protocol, group.Leader, group.StateTimestamp));
        Assert.Equal(("m", null, 100, rebalanceTimeout), (member.MemberId, member.InstanceId, member.SessionTimeoutMs, member.RebalanceTimeoutMs));
        Assert.Equal([9], member.Assignment);
    }

    [Fact]
    public void Cut_and_mutated_values_are_refused_or_read_but_never_thrown_at()
    {
        var random = new Random(4711);
        byte[][] samples = [GroupMetadataSchema.Write(Group()), OffsetSchema.Write(new CommittedOffset { Offset = new Offset(1), Metadata = "m", CommitTimestamp = 2 })];
        foreach (var sample in samples)
        {
            for (var length = 0; length < sample.Length; length++)
            {
                Assert.Null(GroupMetadataSchema.Read(sample.AsSpan(0, length)));
                Assert.Null(OffsetSchema.Read(sample.AsSpan(0, Math.Min(length, 20))));
            }

            for (var i = 0; i < 5_000; i++)
            {
                var mutated = sample.ToArray();
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                mutated[1] = (byte)random.Next(5);
                GroupMetadataSchema.Read(mutated);
                OffsetSchema.Read(mutated);
                RecordKey.Read(mutated);
            }
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("console-consumer", 40)]
    [InlineData("my-group", 12)]
    [InlineData("polygenelubricants", 0)]
    public void A_groups_partition_is_what_Java_says(string group, int partition) =>
        Assert.Equal(partition, OffsetsTopic.PartitionOf(group, 50));

    private static GroupMetadata Group() => new()
    {
        ProtocolType = "consumer",
        Generation = 5,
        Protocol = "range",
        Leader = "m1",
        StateTimestamp = 1_024,
        Members = [Member("m1", null, [0xAA, 0xBB], [0xCC]), Member("m2", "i", [], [])],
    };

    private static GroupMemberMetadata Member(string id, string? instance, byte[] subscription, byte[] assignment) => new()
    {
        MemberId = id,
        InstanceId = instance,
        ClientId = "c",
        ClientHost = "/h",
        RebalanceTimeoutMs = 60_000,
        SessionTimeoutMs = 10_000,
        Subscription = subscription,
        Assignment = assignment,
    };

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);
}
