using System.Collections.Immutable;
using OrleansStreaming.Cluster.Brokers;
using OrleansStreaming.Cluster.Topics;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Records.Errors;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cluster.Tests.Topics;

/// <summary>
/// Random histories of crashes, clean stops, starts, controlled shutdowns, resignations, moves and proposals, some from leaders
/// that are behind the times.
/// </summary>
public sealed class TopicHistoryTests
{
    private static readonly int[] _brokers = [1, 2, 3, 4, 5];

    [Fact]
    public void Epochs_only_grow_and_leaders_are_sound_and_in_sync()
    {
        for (var seed = 0; seed < 1000; seed++)
        {
            new History(seed).Run();
        }
    }

    private sealed class History
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly bool _isUncleanAllowed;
        private readonly Dictionary<int, (long Epoch, long CleanSince, bool IsUp, bool IsStopping)> _lives;
        private readonly List<PartitionState> _seen = [];
        private readonly Dictionary<int, int> _leaders = [];
        private TopicState _state;
        private long _epoch = 5;
        private int _step;

        public History(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _isUncleanAllowed = _random.Next(4) == 0;
            _lives = _brokers.ToDictionary(id => id, id => ((long)id, (long)id, true, false));
            var replicas = _brokers.OrderBy(_ => _random.Next()).Take(_random.Next(1, 4)).ToArray();
            var plan = new TopicPlan
            {
                Name = "t",
                Id = TopicMachineTests.Id,
                Assignments = [replicas],
                Configs = ImmutableDictionary<string, string>.Empty
                    .Add("min.insync.replicas", $"{_random.Next(1, 3)}")
                    .Add("unclean.leader.election.enable", _isUncleanAllowed ? "true" : "false"),
            };
            _state = TopicMachine.Create(new TopicState(), plan, Living()).State;
            _seen.Add(_state.Partitions[0]);
        }

        public void Run()
        {
            for (_step = 0; _step < 80; _step++)
            {
                var before = _state;
                _state = Next();
                Check(before, _state);
                _seen.Add(_state.Partitions[0]);
            }
        }

        private TopicState Next()
        {
            var broker = _brokers[_random.Next(_brokers.Length)];
            var life = _lives[broker];
            switch (_random.Next(9))
            {
                case 0 when life.IsUp:
                    _lives[broker] = life with { IsUp = false, CleanSince = long.MaxValue };
                    return Elect();
                case 1 when life.IsUp:
                    _lives[broker] = life with { IsStopping = true };
                    return Elect();
                case 2 when life is { IsUp: true, IsStopping: true }:
                    _lives[broker] = life with { IsUp = false };
                    return Elect();
                case 3 when !life.IsUp:
                    _epoch++;
                    _lives[broker] = (_epoch, life.CleanSince == long.MaxValue ? _epoch : life.CleanSince, true, false);
                    return Elect();
                case 4:
                    return Elect(kind: ElectionKind.Preferred);
                case 5:
                    return Elect(resigned: _seen[^1]);
                case 6:
                    return Move();
                default:
                    return Propose();
            }
        }

        private TopicState Elect(ElectionKind kind = ElectionKind.Living, PartitionState? resigned = null) => TopicMachine.Elect(_state, new ElectTopicCommand
        {
            TopicId = TopicMachineTests.Id,
            Living = Living().ToArray(),
            Kind = kind,
            Resignation = resigned is null ? null : new LeaderResignation
            {
                TopicId = TopicMachineTests.Id,
                Partition = 0,
                Leader = new BrokerId(resigned.Leader),
                LeaderEpoch = new LeaderEpoch(resigned.LeaderEpoch),
            },
        }).State;

        private TopicState Move() => TopicMachine.Reassign(_state, new ReassignTopicCommand
        {
            TopicId = TopicMachineTests.Id,
            Living = Living().ToArray(),
            Partitions =
            [
                new PartitionReassignment
                {
                    Topic = "t",
                    Partition = 0,
                    Replicas = _random.Next(3) == 0
                        ? null
                        : _brokers.OrderBy(_ => _random.Next()).Take(_random.Next(1, 4)).Select(id => new BrokerId(id)).ToArray(),
                },
            ],
        }).Decision.State;

        private TopicState Propose()
        {
            var believed = _seen[_random.Next(Math.Max(0, _seen.Count - 3), _seen.Count)];
            var wished = believed.Replicas.Where(_ => _random.Next(2) == 0).Append(believed.Leader).Distinct().ToArray();
            var decision = TopicMachine.ChangeInSync(
                _state,
                new InSyncProposal
                {
                    TopicId = TopicMachineTests.Id,
                    Partition = 0,
                    Leader = new BrokerId(believed.Leader),
                    LeaderEpoch = new LeaderEpoch(believed.LeaderEpoch),
                    PartitionEpoch = new PartitionEpoch(believed.PartitionEpoch),
                    InSyncReplicas = Array.ConvertAll(wished, id => new BrokerId(id)),
                    BrokerEpochs = Array.ConvertAll(wished, id => _lives.TryGetValue(id, out var life) ? life.Epoch : -1),
                    LostReplicas = [.. _brokers.Where(_ => _random.Next(4) == 0).Select(id => new BrokerId(id))],
                },
                Living());
            Require(decision.Error != ErrorCode.None || believed.PartitionEpoch == _state.Partitions[0].PartitionEpoch, "a stale proposal was taken");
            return decision.State;
        }

        private LivingBrokers Living() => new(_lives
            .Where(life => life.Value.IsUp)
            .Select(life => new LivingBroker(new BrokerId(life.Key), life.Value.Epoch, life.Value.CleanSince, life.Value.IsStopping)));

        private void Check(TopicState stateBefore, TopicState stateAfter)
        {
            var (before, after) = (stateBefore.Partitions[0], stateAfter.Partitions[0]);
            Require(after.InSync.Length > 0, "nobody is in sync");
            Require(after.InSync.Length == after.InSyncEpochs.Length && after.Eligible.Length == after.EligibleEpochs.Length, "an epoch is missing");
            Require(!after.InSync.Except(after.Replicas).Any(), "a stranger is in sync");
            Require(!after.Eligible.Except(after.Replicas).Any(), "a stranger is eligible");
            Require(!after.Eligible.Intersect(after.InSync).Any(), "somebody is both in sync and eligible");
            Require(after.Replicas.Distinct().Count() == after.Replicas.Length, "a replica is there twice");
            Require(!after.Adding.Concat(after.Removing).Except(after.Replicas).Any(), "a stranger is being moved");
            Require(after.InSync.Length < PartitionRules.Of(stateAfter.Configs).MinInSyncOf(after.Replicas.Length) || after.Eligible.Length == 0, "eligible beside enough in sync");
            Require(after.Leader == PartitionState.NoLeader || after.InSync.Contains(after.Leader), "the leader is not in sync");
            Require(after.LeaderEpoch >= before.LeaderEpoch, "the leader epoch went back");
            Require(after.Leader == before.Leader || after.LeaderEpoch > before.LeaderEpoch, "two leaders in one epoch");
            Require(_leaders.TryAdd(after.LeaderEpoch, after.Leader) || _leaders[after.LeaderEpoch] == after.Leader, "an epoch has two leaders");
            Require(!before.Replicas.Except(after.Replicas).Any() || after.LeaderEpoch > before.LeaderEpoch, "a removed replica is not fenced");
            Require(ReferenceEquals(after, before) || after.PartitionEpoch == before.PartitionEpoch + 1, "a change without the next partition epoch");
            Require(ReferenceEquals(stateBefore, stateAfter) == ReferenceEquals(after, before), "a version without a change");
            if (after.LeaderEpoch > before.LeaderEpoch && after.Leader != PartitionState.NoLeader)
            {
                CheckElected(before, after);
            }
        }

        private void CheckElected(PartitionState before, PartitionState after)
        {
            var living = Living();
            Require(living.Contains(after.Leader), "a dead broker was elected");
            Require(after.InSyncEpochOf(after.Leader) == living.EpochOf(after.Leader), "the leader's life was not noted");
            var sound = before.InSync.Where(id => after.Replicas.Contains(id) && living.Stays(id) && living.IsSound(id, before.InSyncEpochOf(id)))
                .Concat(before.Eligible.Where(id => after.Replicas.Contains(id) && living.Stays(id) && living.IsSound(id, before.EligibleEpochOf(id))))
                .Except([before.Leader])
                .ToArray();
            var wasSound = living.IsSound(after.Leader, before.KnownEpochOf(after.Leader));
            var joined = !before.InSync.Contains(after.Leader) && !before.Eligible.Contains(after.Leader);
            Require(wasSound || joined || sound.Length == 0, "an unsound replica was elected while a sound one lives");
            Require(
                !joined || _isUncleanAllowed || after.Replicas.Length < before.Replicas.Length,
                "a replica was elected that was neither in sync nor eligible");
        }

        private void Require(bool condition, string complaint) => Assert.True(condition, $"seed {_seed}, step {_step}: {complaint}");
    }
}
