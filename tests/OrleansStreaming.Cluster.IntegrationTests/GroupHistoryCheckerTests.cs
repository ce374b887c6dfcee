using OrleansStreaming.Chaos.Groups;

namespace OrleansStreaming.Cluster.IntegrationTests;

/// <summary>The judge of the group runs sees what it is there to see.</summary>
public sealed class GroupHistoryCheckerTests
{
    private readonly GroupHistory _history = new();

    /// <summary>Consumer 0 reads two records and commits them, hands over, and consumer 1 reads the third.</summary>
    public GroupHistoryCheckerTests()
    {
        _history.Assigned(0, [0], 10);
        _history.Read(new GroupRead(0, 0, 0, 11));
        _history.Read(new GroupRead(0, 0, 1, 12));
        _history.Committed(new GroupCommit(0, 0, 2, 13, 14));
        _history.Sampled(new CommittedSample(0, 2, 15, 16));
    }

    [Fact]
    public void A_clean_hand_over_is_right()
    {
        HandOver(revokedAt: 20);
        _history.Read(new GroupRead(1, 0, 2, 31));

        Assert.Empty(Check());
    }

    [Fact]
    public void Two_owners_at_a_time_are_seen()
    {
        HandOver(revokedAt: 40);
        _history.Read(new GroupRead(1, 0, 2, 31));

        Assert.StartsWith("two owners", Assert.Single(Check()));
    }

    [Fact]
    public void Skipped_records_are_seen()
    {
        HandOver(revokedAt: 20);

        Assert.StartsWith("skipped: 1 records of partition 0, the first at 2", Assert.Single(Check()));
    }

    [Fact]
    public void A_hole_is_seen_even_when_another_has_read_it()
    {
        _history.Read(new GroupRead(0, 0, 2, 17));
        HandOver(revokedAt: 20);
        _history.Read(new GroupRead(1, 0, 2, 31));
        _history.Read(new GroupRead(1, 0, 4, 32));

        Assert.Contains("consumer 1 went from 2 to 4 in partition 0", Check());
    }

    [Fact]
    public void An_owner_that_starts_before_an_acknowledged_commit_is_seen()
    {
        HandOver(revokedAt: 20);
        _history.Read(new GroupRead(1, 0, 1, 31));
        _history.Read(new GroupRead(1, 0, 2, 32));

        Assert.StartsWith("commit lost: consumer 1 began partition 0 at 1", Assert.Single(Check()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_committed_offset_that_is_no_longer_there_is_seen(long offset)
    {
        HandOver(revokedAt: 20);
        _history.Read(new GroupRead(1, 0, 2, 31));
        _history.Sampled(new CommittedSample(0, offset, 50, 51));

        Assert.Equal(["commit lost", "backwards"], Check().Select(wrong => wrong.Split(':')[0]));
    }

    [Fact]
    public void A_commit_of_less_than_was_acknowledged_is_seen()
    {
        HandOver(revokedAt: 20);
        _history.Read(new GroupRead(1, 0, 2, 31));
        _history.Committed(new GroupCommit(1, 0, 1, 40, 41));

        Assert.StartsWith("backwards: consumer 1 committed 1", Assert.Single(Check()));
    }

    private void HandOver(long revokedAt)
    {
        _history.Assigned(1, [0], 30);
        _history.Released(0, [0], revokedAt, isLost: false);
    }

    private IReadOnlyList<string> Check() => GroupHistoryChecker.Check(
        _history,
        new Dictionary<int, IReadOnlyList<(long Offset, string Value)>> { [0] = [(0, "a"), (1, "b"), (2, "c")] });
}
