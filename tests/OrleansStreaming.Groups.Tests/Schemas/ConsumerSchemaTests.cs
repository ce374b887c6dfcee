using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Schemas;

/// <summary>The bytes of a consumer group's records, as Kafka's schemas have them.</summary>
public sealed class ConsumerSchemaTests
{
    private static readonly TopicId _topic = new(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
    private static readonly PartitionSet _partitions = PartitionSet.Of([new KeyValuePair<TopicId, int[]>(_topic, [2, 1])]);

    [Theory]
    [InlineData(3, "", "0003000167")]
    [InlineData(5, "m", "0005000167" + "00016D")]
    [InlineData(16, "t.*", "0010000167" + "0003742E2A")]
    public void Keys(short kind, string id, string hex)
    {
        var key = new ConsumerRecordKey((ConsumerRecordKind)kind, "g", id);

        Assert.Equal(hex, Convert.ToHexString(key.Write()));
        Assert.Equal(key, ConsumerRecordKey.Read(key.Write()));
    }

    [Fact]
    public void Epochs_and_targets()
    {
        Assert.Equal("0000" + "00000007" + "00", Convert.ToHexString(ConsumerSchemas.WriteEpoch(7)));
        Assert.Equal(7, ConsumerSchemas.ReadEpoch(ConsumerSchemas.WriteEpoch(7)));
        var target = ConsumerSchemas.WriteTarget(_partitions);
        Assert.Equal("0000" + "02" + "00112233445566778899AABBCCDDEEFF" + "03" + "00000001" + "00000002" + "00" + "00", Convert.ToHexString(target));
        Assert.Equal(_partitions, ConsumerSchemas.ReadTarget(target));
    }

    [Fact]
    public void Topics()
    {
        var value = ConsumerSchemas.WriteTopics([new SubscribedTopic(_topic, "t", 4)]);

        Assert.Equal("0000" + "02" + "00112233445566778899AABBCCDDEEFF" + "0274" + "00000004" + "01" + "00" + "00", Convert.ToHexString(value));
        Assert.Equal([new SubscribedTopic(_topic, "t", 4)], ConsumerSchemas.ReadTopics(value)!);
    }

    [Fact]
    public void Current_assignments()
    {
        var current = new CurrentAssignmentRecord(5, 4, ConsumerMemberState.UnrevokedPartitions, PartitionSet.Empty, _partitions);
        var value = ConsumerSchemas.WriteCurrent(current);

        Assert.Equal(
            "0000" + "00000005" + "00000004" + "01" + "01" + "02" + "00112233445566778899AABBCCDDEEFF" + "03" + "00000001" + "00000002" + "00" + "00",
            Convert.ToHexString(value));
        Assert.Equal(current, ConsumerSchemas.ReadCurrent(value));
    }

    [Fact]
    public void Members_of_the_classic_protocol_carry_their_protocols_in_a_tagged_field()
    {
        var member = new MemberRecord
        {
            InstanceId = "i",
            ClientId = "c",
            ClientHost = "/h",
            TopicNames = ["t"],
            RebalanceTimeoutMs = 9,
            Classic = new ClassicMemberRecord(6, [new JoinProtocol { Name = "r", Metadata = [1] }]),
        };
        var value = MemberSchema.Write(member);

        Assert.Equal(
            "0000" + "0269" + "00" + "0263" + "032F68" + "020274" + "00" + "00000009" + "00"
            + "01" + "00" + "0C" + "01" + "00000006" + "02" + "0272" + "0201" + "00" + "00",
            Convert.ToHexString(value));
        Assert.Equivalent(member, MemberSchema.Read(value), strict: true);
        Assert.Null(MemberSchema.Read(MemberSchema.Write(member with { Classic = null }))!.Classic);
    }

    [Fact]
    public void Bytes_that_are_cut_or_of_another_version_are_not_understood()
    {
        byte[][] values = [ConsumerSchemas.WriteEpoch(1), ConsumerSchemas.WriteTarget(_partitions), ConsumerSchemas.WriteRegex(new RegexRecord(["t"], 1, 2))];
        Func<byte[], object?>[] readers = [bytes => ConsumerSchemas.ReadEpoch(bytes), bytes => ConsumerSchemas.ReadTarget(bytes), bytes => ConsumerSchemas.ReadRegex(bytes)];
        for (var i = 0; i < values.Length; i++)
        {
            Assert.NotNull(readers[i](values[i]));
            for (var length = 0; length < values[i].Length; length++)
            {
                Assert.Null(readers[i](values[i][..length]));
            }

            values[i][1] = 1;
            Assert.Null(readers[i](values[i]));
        }
    }
}
