using OrleansStreaming.Groups.Tests.Support;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Tests.Endpoint;

public sealed class GroupApiTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("groups").FullName;
    private GroupBroker _broker = null!;
    private WireClient _client = null!;

    public async Task InitializeAsync()
    {
        _broker = await GroupBroker.StartAsync(_folder);
        await _broker.CreateTopicAsync("t");
        _client = await _broker.ConnectAsync();
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_first_question_for_a_coordinator_creates_the_offsets_topic(short version)
    {
        var found = await _client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = "g" }, version);

        Assert.Equal((0, 1, "127.0.0.1"), (found.ErrorCode, found.NodeId, found.Host));
        var topic = _broker.Metadata.Current.Topics["__consumer_offsets"];
        Assert.Equal((4, true, "compact"), (topic.Partitions.Count, topic.IsInternal, topic.Configs["cleanup.policy"]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Several_coordinators_are_found_at_once_and_transactions_have_none(short version)
    {
        var found = await _client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { CoordinatorKeys = ["a", "b"] }, version);
        Assert.Equal([("a", (short)0, 1), ("b", (short)0, 1)], found.Coordinators.Select(entry => (entry.Key, entry.ErrorCode, entry.NodeId)));

        var none = await _client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = ["x"] }, version);
        Assert.Equal((short)ErrorCode.UnsupportedVersion, none.Coordinators[0].ErrorCode);
    }

    [Fact]
    public async Task Before_there_is_an_offsets_topic_nobody_coordinates()
    {
        Assert.Equal((short)ErrorCode.NotCoordinator, (await _client.AskAsync<JoinGroupResponse>(GroupRequests.Join("g"), 5)).ErrorCode);
        Assert.Empty((await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest(), 5)).Groups);
    }

    public static TheoryData<short> JoinVersions => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    [Theory]
    [MemberData(nameof(JoinVersions))]
    public async Task A_member_joins_syncs_beats_commits_and_leaves_in_every_version(short version)
    {
        await FindAsync("g");
        var joined = await JoinAsync("g", version);
        Assert.Equal((0, 1, joined.MemberId, "range"), (joined.ErrorCode, joined.GenerationId, joined.Leader, joined.ProtocolName));
        Assert.Equal([1, 2], Assert.Single(joined.Members).Metadata.ToArray());

        var sync = Math.Min(version, (short)5);
        var synced = await _client.AskAsync<SyncGroupResponse>(GroupRequests.Sync("g", joined.MemberId, 1, (joined.MemberId, [9])), sync);
        Assert.Equal(0, synced.ErrorCode);
        Assert.Equal([9], synced.Assignment.ToArray());

        var heartbeat = new HeartbeatRequest { GroupId = "g", MemberId = joined.MemberId, GenerationId = 1 };
        Assert.Equal(0, (await _client.AskAsync<HeartbeatResponse>(heartbeat, Math.Min(version, (short)4))).ErrorCode);

        var commit = Math.Max(version, (short)1);
        var committed = await _client.AskAsync<OffsetCommitResponse>(GroupRequests.Commit("g", "t", 1, 77, joined.MemberId, 1), commit);
        Assert.Equal(0, committed.Topics[0].Partitions[0].ErrorCode);

        var leave = Math.Min(version, (short)5);
        var request = leave < 3
            ? new LeaveGroupRequest { GroupId = "g", MemberId = joined.MemberId }
            : new LeaveGroupRequest { GroupId = "g", Members = [new LeaveGroupRequest.MemberIdentity { MemberId = joined.MemberId }] };
        var left = await _client.AskAsync<LeaveGroupResponse>(request, leave);
        Assert.Equal((0, leave < 3 ? 0 : 1), (left.ErrorCode, left.Members.Count));
        Assert.Equal("Empty", (await _broker.Group("g").Describe()).State.ToString());
    }

    [Fact]
    public async Task A_stranger_cannot_leave()
    {
        await FindAsync("g");

        var old = await _client.AskAsync<LeaveGroupResponse>(new LeaveGroupRequest { GroupId = "g", MemberId = "x" }, 1);
        var many = await _client.AskAsync<LeaveGroupResponse>(
            new LeaveGroupRequest { GroupId = "g", Members = [new LeaveGroupRequest.MemberIdentity { MemberId = "x" }] }, 5);

        Assert.Equal((short)ErrorCode.UnknownMemberId, old.ErrorCode);
        Assert.Equal((0, (short)ErrorCode.UnknownMemberId), (many.ErrorCode, many.Members[0].ErrorCode));
    }

    [Fact]
    public async Task A_join_that_waits_does_not_hold_up_its_connection()
    {
        await FindAsync("g");
        var first = await JoinAsync("g", 5);
        var request = GroupRequests.Join("g", (await _client.AskAsync<JoinGroupResponse>(GroupRequests.Join("g"), 5)).MemberId);
        var waiting = await _client.SendAsync<JoinGroupResponse>(request, 5);

        // Behind the waiting join on the same connection: the leader's own join, which ends the wait.
        var leader = await _client.SendAsync<JoinGroupResponse>(GroupRequests.Join("g", first.MemberId), 5);

        Assert.Equal((0, 2), ((await waiting()).ErrorCode, (await leader()).Members.Count));
    }

    public static TheoryData<short> FetchVersions => [1, 2, 3, 4, 5, 6, 7];

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public async Task Committed_offsets_come_back_in_every_version(short version)
    {
        await FindAsync("g");
        await _client.AskAsync<OffsetCommitResponse>(GroupRequests.Commit("g", "t", 1, 42), 5);

        var there = await _client.AskAsync<OffsetFetchResponse>(GroupRequests.Fetch("g", "t", 1), version);
        var none = await _client.AskAsync<OffsetFetchResponse>(GroupRequests.Fetch("g", "t", 2), version);

        Assert.Equal((42L, "m", (short)0), (there.Topics[0].Partitions[0].CommittedOffset, there.Topics[0].Partitions[0].Metadata, there.ErrorCode));
        Assert.Equal((-1L, "", (short)0), (none.Topics[0].Partitions[0].CommittedOffset, none.Topics[0].Partitions[0].Metadata, none.Topics[0].Partitions[0].ErrorCode));
        if (version >= 2)
        {
            var all = await _client.AskAsync<OffsetFetchResponse>(new OffsetFetchRequest { GroupId = "g", Topics = null }, version);
            Assert.Equal(42, Assert.Single(Assert.Single(all.Topics).Partitions).CommittedOffset);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task Offsets_of_several_groups_come_at_once_by_name_or_by_id(short version)
    {
        await FindAsync("a");
        var id = _broker.Metadata.Current.Topics["t"].Id.Value;
        var commit = await _client.AskAsync<OffsetCommitResponse>(GroupRequests.Commit("a", "t", 0, 5, topicId: id), version);
        Assert.Equal(0, commit.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(version == 10 ? id : Guid.Empty, commit.Topics[0].TopicId);

        var request = new OffsetFetchRequest
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "a", Topics = null },
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = "b",
                    Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", TopicId = id, PartitionIndexes = [0] }],
                },
            ],
        };
        var fetched = await _client.AskAsync<OffsetFetchResponse>(request, version);

        Assert.Equal(["a", "b"], fetched.Groups.Select(group => group.GroupId));
        Assert.Equal(5, fetched.Groups[0].Topics[0].Partitions[0].CommittedOffset);
        Assert.Equal(-1, fetched.Groups[1].Topics[0].Partitions[0].CommittedOffset);
    }

    [Fact]
    public async Task Unknown_topics_and_generations_are_refused_one_by_one()
    {
        await FindAsync("g");

        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, await CommitErrorAsync(GroupRequests.Commit("g", "nope", 0, 1), 9));
        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, await CommitErrorAsync(GroupRequests.Commit("g", "t", 999, 1), 9));
        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, await CommitErrorAsync(GroupRequests.Commit("g", "t", -1, 1), 2));
        Assert.Equal((short)ErrorCode.UnknownTopicId, await CommitErrorAsync(GroupRequests.Commit("g", "", 0, 1, topicId: Guid.NewGuid()), 10));
        Assert.Equal((short)ErrorCode.GroupIdNotFound, await CommitErrorAsync(GroupRequests.Commit("g", "t", 0, 1, "m", 3), 9));
        Assert.Equal((short)ErrorCode.IllegalGeneration, await CommitErrorAsync(GroupRequests.Commit("g", "t", 0, 1, "m", 3), 8));
    }

    [Fact]
    public async Task Groups_are_listed_described_and_deleted()
    {
        await FindAsync("live");
        var joined = await JoinAsync("live", 9);
        await _client.AskAsync<SyncGroupResponse>(GroupRequests.Sync("live", joined.MemberId, 1, (joined.MemberId, [9])), 5);
        await _client.AskAsync<OffsetCommitResponse>(GroupRequests.Commit("simple", "t", 0, 5), 9);

        var all = await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest(), 5);
        Assert.Equal(
            [("live", "consumer", "Stable", "classic"), ("simple", "", "Empty", "classic")],
            all.Groups.Select(group => (group.GroupId, group.ProtocolType, group.GroupState, group.GroupType)).Order());
        var empty = await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest { StatesFilter = ["empty"] }, 4);
        Assert.Equal("simple", Assert.Single(empty.Groups).GroupId);
        Assert.Empty((await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest { TypesFilter = ["consumer"] }, 5)).Groups);

        var described = await _client.AskAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = ["live", "none"], IncludeAuthorizedOperations = true }, 6);
        var member = Assert.Single(described.Groups[0].Members);
        Assert.Equal(("Stable", "range", "tests", "/127.0.0.1"), (described.Groups[0].GroupState, described.Groups[0].ProtocolData, member.ClientId, member.ClientHost));
        Assert.Equal([9], member.MemberAssignment.ToArray());
        Assert.Equal((short)ErrorCode.GroupIdNotFound, described.Groups[1].ErrorCode);
        var dead = await _client.AskAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = ["none"] }, 0);
        Assert.Equal((0, "Dead"), (dead.Groups[0].ErrorCode, dead.Groups[0].GroupState));

        var deleted = await _client.AskAsync<DeleteGroupsResponse>(new DeleteGroupsRequest { GroupsNames = ["live", "simple", "none", ""] }, 2);
        Assert.Equal(
            [(short)ErrorCode.NonEmptyGroup, (short)0, (short)ErrorCode.GroupIdNotFound, (short)ErrorCode.GroupIdNotFound],
            deleted.Results.Select(result => result.ErrorCode));
        Assert.Equal("live", Assert.Single((await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest(), 0)).Groups).GroupId);
    }

    [Fact]
    public async Task Offsets_are_deleted_one_by_one()
    {
        await FindAsync("g");
        await _client.AskAsync<OffsetCommitResponse>(GroupRequests.Commit("g", "t", 0, 5), 9);
        var request = new OffsetDeleteRequest
        {
            GroupId = "g",
            Topics =
            [
                new OffsetDeleteRequest.OffsetDeleteRequestTopic { Name = "nope", Partitions = [new OffsetDeleteRequest.OffsetDeleteRequestPartition()] },
                new OffsetDeleteRequest.OffsetDeleteRequestTopic { Name = "t", Partitions = [new OffsetDeleteRequest.OffsetDeleteRequestPartition()] },
            ],
        };

        var deleted = await _client.AskAsync<OffsetDeleteResponse>(request, 0);

        Assert.Equal([(short)ErrorCode.UnknownTopicOrPartition, (short)0], deleted.Topics.Select(topic => topic.Partitions[0].ErrorCode));
        Assert.Equal(-1, (await _client.AskAsync<OffsetFetchResponse>(GroupRequests.Fetch("g", "t", 0), 7)).Topics[0].Partitions[0].CommittedOffset);
    }

    [Fact]
    public async Task A_group_needs_a_name_unless_it_only_commits()
    {
        await FindAsync("");

        Assert.Equal((short)ErrorCode.InvalidGroupId, (await _client.AskAsync<JoinGroupResponse>(GroupRequests.Join(""), 5)).ErrorCode);
        Assert.Equal(0, await CommitErrorAsync(GroupRequests.Commit("", "t", 0, 1), 5));
        Assert.Equal(1, (await _client.AskAsync<OffsetFetchResponse>(GroupRequests.Fetch("", "t", 0), 7)).Topics[0].Partitions[0].CommittedOffset);
        var described = await _client.AskAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = [""] }, 6);
        Assert.Equal((0, "Empty"), (described.Groups[0].ErrorCode, described.Groups[0].GroupState));
        Assert.Equal(0, (await _client.AskAsync<DeleteGroupsResponse>(new DeleteGroupsRequest { GroupsNames = [""] }, 2)).Results[0].ErrorCode);
        Assert.Equal(-1, (await _client.AskAsync<OffsetFetchResponse>(GroupRequests.Fetch("", "t", 0), 7)).Topics[0].Partitions[0].CommittedOffset);
    }

    private async Task FindAsync(string group) =>
        Assert.Equal(0, (await _client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = group }, 2)).ErrorCode);

    private async Task<short> CommitErrorAsync(OffsetCommitRequest request, short version) =>
        (await _client.AskAsync<OffsetCommitResponse>(request, version)).Topics[0].Partitions[0].ErrorCode;

    /// <summary>Joins as clients do: once more with the id that is given.</summary>
    private async Task<JoinGroupResponse> JoinAsync(string group, short version)
    {
        var joined = await _client.AskAsync<JoinGroupResponse>(GroupRequests.Join(group), version);
        Assert.Equal(version >= 4 ? ErrorCode.MemberIdRequired : ErrorCode.None, (ErrorCode)joined.ErrorCode);
        return version >= 4 ? await _client.AskAsync<JoinGroupResponse>(GroupRequests.Join(group, joined.MemberId), version) : joined;
    }
}
