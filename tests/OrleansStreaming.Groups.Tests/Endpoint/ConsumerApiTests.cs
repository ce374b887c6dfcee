using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Tests.Machine;
using OrleansStreaming.Groups.Tests.Support;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Groups.Tests.Endpoint;

/// <summary>KIP-848 on the wire, over a whole broker.</summary>
public sealed class ConsumerApiTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("groups").FullName;
    private GroupBroker _broker = null!;
    private WireClient _client = null!;

    private Guid TopicId => _broker.Metadata.Current.Topics["t"].Id.Value;

    public async Task InitializeAsync()
    {
        await StartAsync();
        await _broker.CreateTopicAsync("t");
        Assert.Equal(0, (await _client.AskAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { Key = "g" }, 2)).ErrorCode);
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_feature_is_announced_with_its_apis()
    {
        var versions = await _client.AskAsync<ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "t", ClientSoftwareVersion = "1" }, 3);

        Assert.Contains(versions.FinalizedFeatures, feature => feature is { Name: "group.version", MaxVersionLevel: 1 });
        Assert.Contains(versions.SupportedFeatures, feature => feature is { Name: "group.version", MinVersion: 0, MaxVersion: 1 });
        Assert.Contains(versions.ApiKeys, api => api is { ApiKey: 68, MaxVersion: 1 });
        Assert.Contains(versions.ApiKeys, api => api is { ApiKey: 69, MaxVersion: 1 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Two_members_share_the_partitions(short version)
    {
        var first = await BeatAsync("a", 0, version, []);
        Assert.Equal((0, "a", 1, 5_000), (first.ErrorCode, first.MemberId, first.MemberEpoch, first.HeartbeatIntervalMs));
        Assert.Equal([0, 1, 2], Partitions(first));
        Assert.Empty(Partitions(await BeatAsync("b", 0, version, [])));

        var kept = Partitions(await BeatAsync("a", 1, version));
        Assert.Equal(2, (await BeatAsync("a", 1, version, kept)).MemberEpoch);
        Assert.Equal([0, 1, 2], Partitions(await BeatAsync("b", 2, version)).Concat(kept).Order());
        Assert.Equal((short)ErrorCode.FencedMemberEpoch, (await BeatAsync("b", 7, version)).ErrorCode);
        Assert.Equal(-1, (await BeatAsync("b", -1, version)).MemberEpoch);
    }

    [Fact]
    public async Task Members_choose_their_ids_from_version_1_on()
    {
        Assert.NotEqual("", (await BeatAsync("", 0, 0, [])).MemberId);
        Assert.Equal((short)ErrorCode.InvalidRequest, (await BeatAsync("", 0, 1, [])).ErrorCode);
    }

    [Fact]
    public async Task Commits_and_fetches_are_made_in_the_epoch_of_the_member()
    {
        await BeatAsync("a", 0, 1, []);

        Assert.Equal(0, await CommitAsync(GroupRequests.Commit("g", "t", 0, 5, "a", 1), 9));
        Assert.Equal(0, await CommitAsync(GroupRequests.Commit("g", "", 1, 6, "a", 1, TopicId), 10));
        Assert.Equal((short)ErrorCode.StaleMemberEpoch, await CommitAsync(GroupRequests.Commit("g", "t", 0, 9, "a", 0), 9));
        Assert.Equal((short)ErrorCode.UnknownMemberId, await CommitAsync(GroupRequests.Commit("g", "t", 0, 9, "x", 1), 9));
        Assert.Equal((short)ErrorCode.UnsupportedVersion, await CommitAsync(GroupRequests.Commit("g", "t", 0, 9, "a", 1), 8));

        var fetched = await FetchAsync("a", 1);
        Assert.Equal((0, 5L), (fetched.ErrorCode, fetched.Topics[0].Partitions[0].CommittedOffset));
        Assert.Equal((short)ErrorCode.StaleMemberEpoch, (await FetchAsync("a", 5)).ErrorCode);
        Assert.Equal((short)ErrorCode.UnknownMemberId, (await FetchAsync("x", 1)).ErrorCode);
        Assert.Equal(0, (await FetchAsync(null, -1)).ErrorCode);
    }

    [Fact]
    public async Task Tools_see_which_group_speaks_what()
    {
        await BeatAsync("a", 0, 1, []);
        await _client.AskAsync<OffsetCommitResponse>(GroupRequests.Commit("simple", "t", 0, 5), 9);

        var consumers = await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest { TypesFilter = ["Consumer"] }, 5);
        Assert.Equal(("g", "consumer", "Stable", "consumer"), Assert.Single(consumers.Groups).Let(group => (group.GroupId, group.ProtocolType, group.GroupState, group.GroupType)));
        var classic = await _client.AskAsync<ListGroupsResponse>(new ListGroupsRequest { TypesFilter = ["classic"] }, 5);
        Assert.Equal("simple", Assert.Single(classic.Groups).GroupId);

        var described = (await _client.AskAsync<ConsumerGroupDescribeResponse>(new ConsumerGroupDescribeRequest { GroupIds = ["g", "simple"] }, 1)).Groups;
        Assert.Equal((0, "Stable", 1, 1, "uniform"), (described[0].ErrorCode, described[0].GroupState, described[0].GroupEpoch, described[0].AssignmentEpoch, described[0].AssignorName));
        var member = Assert.Single(described[0].Members);
        Assert.Equal(("a", 1, "tests", (sbyte)1), (member.MemberId, member.MemberEpoch, member.ClientId, member.MemberType));
        Assert.Equal(("t", 3), (member.Assignment.TopicPartitions[0].TopicName, member.Assignment.TopicPartitions[0].Partitions.Count));
        Assert.Equal((short)ErrorCode.GroupIdNotFound, described[1].ErrorCode);
        var dead = (await _client.AskAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = ["g"] }, 5)).Groups[0];
        Assert.Equal((0, "Dead"), (dead.ErrorCode, dead.GroupState));
        Assert.Equal((short)ErrorCode.GroupIdNotFound, (await _client.AskAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = ["g"] }, 6)).Groups[0].ErrorCode);
    }

    [Fact]
    public async Task Members_and_assignments_survive_a_crash()
    {
        await BeatAsync("a", 0, 1, []);
        await BeatAsync("b", 0, 1, []);
        var kept = Partitions(await BeatAsync("a", 1, 1));

        await _broker.CrashAsync();
        await StartAsync();

        Assert.Equal(2, (await BeatAsync("a", 1, 1, kept)).MemberEpoch);
        Assert.Equal([0, 1, 2], Partitions(await BeatAsync("b", 2, 1)).Concat(kept).Order());
    }

    [Fact]
    public async Task Native_members_share_the_keys_of_a_partition()
    {
        var group = _broker.Group("keys");
        var joined = await JoinKeysAsync(group, "a");
        Assert.Equal(3 * KeySlots.PerPartition, joined.Assignment![0].Partitions.Length);
        var partition = new GroupTopicPartition("t", 0);

        var report = await group.ReportFinished(new KeyProgressCommand
        {
            MemberId = "a",
            MemberEpoch = 1,
            Partitions = [new FinishedPartition { Partition = partition, StartOffset = new Offset(3), Finished = [new OffsetRange(3, 4), new OffsetRange(6, 8)] }],
        });

        Assert.Equal((ErrorCode.None, new Offset(5)), (report.Error, report.Partitions[0].LowWatermark));
        Assert.Equal([new OffsetRange(6, 8)], report.Partitions[0].Ahead);
        var committed = (await group.FetchOffsets([partition])).Offsets[0].Value!;
        Assert.True(FinishedOffsets.TryRead(committed.Offset, committed.Metadata, out var progress));
        Assert.Equal([new OffsetRange(6, 8)], progress.Ahead);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, (await group.ConsumerHeartbeat(NativeJoin("b", AssignorNames.Range))).Error);
        Assert.Equal(ErrorCode.None, (await JoinKeysAsync(group, "b")).Error);
    }

    private static Task<ConsumerHeartbeatResult> JoinKeysAsync(IGroupGrain group, string member) => group.ConsumerHeartbeat(NativeJoin(member, AssignorNames.KeyBased));

    private static ConsumerHeartbeatCommand NativeJoin(string member, string assignor) => new()
    {
        MemberId = member,
        MemberEpoch = MemberEpochs.Join,
        RebalanceTimeoutMs = 60_000,
        TopicNames = ["t"],
        Owned = [],
        Assignor = assignor,
        IsNative = true,
    };

    private static int[] Partitions(ConsumerGroupHeartbeatResponse response) => [.. response.Assignment!.TopicPartitions.SelectMany(topic => topic.Partitions)];

    private async Task StartAsync()
    {
        _broker = await GroupBroker.StartAsync(_folder);
        _client = await _broker.ConnectAsync();
    }

    private Task<ConsumerGroupHeartbeatResponse> BeatAsync(string member, int epoch, short version, int[]? owned = null) =>
        _client.AskAsync<ConsumerGroupHeartbeatResponse>(
            new ConsumerGroupHeartbeatRequest
            {
                GroupId = "g",
                MemberId = member,
                MemberEpoch = epoch,
                RebalanceTimeoutMs = epoch == 0 ? 60_000 : -1,
                SubscribedTopicNames = epoch == 0 ? ["t"] : null,
                TopicPartitions = owned is null
                    ? null
                    : owned.Length == 0 ? [] : [new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = TopicId, Partitions = [.. owned] }],
            },
            version);

    private async Task<short> CommitAsync(OffsetCommitRequest request, short version) =>
        (await _client.AskAsync<OffsetCommitResponse>(request, version)).Topics[0].Partitions[0].ErrorCode;

    private async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(string? member, int epoch) => (await _client.AskAsync<OffsetFetchResponse>(
        new OffsetFetchRequest
        {
            Groups =
            [
                new OffsetFetchRequest.OffsetFetchRequestGroup
                {
                    GroupId = "g",
                    MemberId = member,
                    MemberEpoch = epoch,
                    Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { Name = "t", PartitionIndexes = [0] }],
                },
            ],
        },
        9)).Groups[0];
}
