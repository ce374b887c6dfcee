using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Ids;
using OrleansStreaming.Replication.Partitions;

namespace OrleansStreaming.Replication.Tests.Partitions;

/// <summary>
/// A leader among followers and a topic's truth that it hears of late, out of order, or not at all: whatever happens, every
/// member of the true in-sync set holds everything below the leader's high watermark, and that never goes back.
/// </summary>
public sealed class PartitionHistoryTests
{
    private static readonly int[] _brokers = [1, 2, 3, 4];

    [Fact]
    public void Everything_committed_is_on_every_member_of_the_true_in_sync_set()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            new History(seed).Run();
        }
    }

    private sealed class History(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly PartitionMachine _leader = new(new BrokerId(1), LeaderEpoch.None, Offset.Zero);
        private readonly Dictionary<int, long> _ends = _brokers.ToDictionary(id => id, _ => 0L);
        private readonly List<PartitionDescription> _told = [];
        private readonly List<(LeaderEpoch Epoch, PartitionEpoch Version, BrokerId[] Wish)> _proposals = [];
        private PartitionDescription _truth = PartitionMachineTests.State(1, 0, 0, _brokers, _brokers);

        public void Run()
        {
            _leader.SetMinInSync(_random.Next(1, 4));
            _told.Add(_truth);
            for (var step = 0; step < 150; step++)
            {
                var before = _leader.HighWatermark;
                Step();
                Require(step, _leader.HighWatermark >= before, "the high watermark went back");
                Require(step, _leader.HighWatermark.Value <= _ends[1], "the high watermark passed the log end");
                foreach (var member in _truth.InSyncReplicas)
                {
                    Require(step, _ends[member.Value] >= _leader.HighWatermark.Value, $"broker {member} lacks what is committed");
                }

                Require(step, _truth.InSyncReplicas.Contains(new BrokerId(1)), "the leader is not in sync");
            }
        }

        private void Step()
        {
            switch (_random.Next(9))
            {
                case 0 or 1 when _leader.IsLeader:
                    _ends[1] += _random.Next(1, 5);
                    _leader.CountLocal(new Offset(_ends[1]));
                    break;
                case 2 or 3:
                    var follower = _random.Next(2, 5);
                    _ends[follower] = Math.Min(_ends[1], _ends[follower] + _random.Next(0, 6));

                    // Late acknowledgements carry what was true when they were sent.
                    var epoch = new LeaderEpoch(_leader.Epoch.Value - _random.Next(0, 2));
                    _leader.Acknowledge(new BrokerId(follower), epoch, new Offset(_ends[follower]));
                    break;
                case 4 when _leader.IsLeader && new BrokerId(_random.Next(2, 5)) is var joining && _leader.IsCaughtUp(joining):
                    Propose([.. _leader.InSync.ToArray().Union([joining])]);
                    break;
                case 5 when _leader.IsLeader && new BrokerId(_random.Next(2, 5)) is var leaving:
                    Propose([.. _leader.InSync.ToArray().Where(broker => broker != leaving)]);
                    break;
                case 6 when _proposals.Count > 0:
                    Decide(_proposals[_random.Next(_proposals.Count)]);
                    break;
                case 7:
                    _leader.Assign(_told[_random.Next(_told.Count)], new Offset(_ends[1]), new Offset(_ends[1]));
                    break;
                case 8 when _random.Next(6) == 0:
                    Tell(_truth.LeaderEpoch.Next(), _truth.InSyncReplicas.ToArray());
                    break;
            }
        }

        private void Propose(BrokerId[] wish)
        {
            _leader.Propose(wish);
            _proposals.Add((_leader.Epoch, _leader.PartitionEpoch, wish));
        }

        private void Decide((LeaderEpoch Epoch, PartitionEpoch Version, BrokerId[] Wish) proposal)
        {
            if (proposal.Epoch == _truth.LeaderEpoch && proposal.Version == _truth.PartitionEpoch)
            {
                Tell(_truth.LeaderEpoch, proposal.Wish);
            }
        }

        private void Tell(LeaderEpoch epoch, BrokerId[] inSync)
        {
            _truth = PartitionMachineTests.State(
                1, epoch.Value, _truth.PartitionEpoch.Value + 1, _brokers, [.. inSync.Select(broker => broker.Value)]);
            _told.Add(_truth);
        }

        private void Require(int step, bool condition, string complaint) =>
            Assert.True(condition, $"seed {seed}, step {step}: {complaint}");
    }
}
