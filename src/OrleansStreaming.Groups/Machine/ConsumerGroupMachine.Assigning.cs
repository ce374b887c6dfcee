using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Schemas;

namespace OrleansStreaming.Groups.Machine;

internal sealed partial class ConsumerGroupMachine
{
    private readonly Dictionary<string, PartitionSet> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RegexRecord> _regexes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TopicPattern?> _patterns = new(StringComparer.Ordinal);
    private Dictionary<string, SubscribedTopic> _topics = new(StringComparer.Ordinal);
    private int _targetEpoch;
    private long _seenMetadata = -1;

    /// <summary>Such a group has members of no other kind.</summary>
    public bool IsKeyBased => _members.Values.Any(IsKeyBasedOne);

    private PartitionSet TargetOf(string memberId) => _targets.GetValueOrDefault(memberId, PartitionSet.Empty);

    private void SetTarget(string memberId, PartitionSet target)
    {
        if (!_targets.TryGetValue(memberId, out var before) || !before.Equals(target))
        {
            _targets[memberId] = target;
            Changed(ConsumerRecordKind.TargetMember, memberId);
        }
    }

    /// <summary>Looks what members subscribe to now; true when topics have come, gone, or grown.</summary>
    private bool RefreshTopics()
    {
        var current = image();
        _seenMetadata = current.Version;
        var names = new HashSet<string>(_members.Values.SelectMany(static member => member.Said.TopicNames), StringComparer.Ordinal);
        var isOther = RefreshRegexes(current);
        names.UnionWith(_regexes.Values.SelectMany(static regex => regex.Topics));
        var topics = names
            .Where(current.Topics.ContainsKey)
            .Select(name => new SubscribedTopic(current.Topics[name].Id, name, current.Topics[name].Partitions.Count))
            .ToDictionary(static topic => topic.Name, StringComparer.Ordinal);
        if (topics.Count != _topics.Count || topics.Values.Any(topic => !_topics.TryGetValue(topic.Name, out var before) || before != topic))
        {
            _topics = topics;
            Changed(ConsumerRecordKind.Topics);
            isOther = true;
        }

        return isOther;
    }

    /// <summary>Expressions are matched when the metadata has changed, or when they are new; internal topics never match.</summary>
    private bool RefreshRegexes(ClusterImage current)
    {
        var wanted = _members.Values.Select(static member => member.Said.TopicRegex).OfType<string>().Where(static regex => regex.Length > 0).ToHashSet(StringComparer.Ordinal);
        foreach (var regex in _regexes.Keys.Where(regex => !wanted.Contains(regex)).ToList())
        {
            _regexes.Remove(regex);
            _patterns.Remove(regex);
            Changed(ConsumerRecordKind.RegularExpression, regex);
        }

        var isOther = false;
        foreach (var regex in wanted)
        {
            if (!_patterns.TryGetValue(regex, out var pattern))
            {
                _patterns.Add(regex, pattern = TopicPattern.Parse(regex));
            }

            string[] topics = [.. current.Topics.Values.Where(topic => !topic.IsInternal && pattern?.Matches(topic.Name) is true).Select(static topic => topic.Name)];
            if (!_regexes.TryGetValue(regex, out var before) || !before.Topics.AsSpan().SequenceEqual(topics))
            {
                _regexes[regex] = new RegexRecord(topics, current.Version, _now.UnixMs);
                Changed(ConsumerRecordKind.RegularExpression, regex);
                isOther = true;
            }
        }

        return isOther;
    }

    /// <summary>Members or topics are others than those of the target assignment: makes a new one.</summary>
    private void AssignIfDue(bool hasChanged)
    {
        if ((hasChanged || image().Version != _seenMetadata) && (RefreshTopics() | hasChanged))
        {
            BumpGroupEpoch();
        }

        if (_groupEpoch <= _targetEpoch)
        {
            return;
        }

        var task = AssignmentTaskOf(out var members);
        var assignment = AssignorCatalog.Find(AssignorOfMost()).Assign(task);
        for (var i = 0; i < members.Length; i++)
        {
            SetTarget(members[i].Id, assignment[i]);
        }

        _targetEpoch = _groupEpoch;
        Changed(ConsumerRecordKind.Target);
    }

    private AssignmentTask AssignmentTaskOf(out ConsumerMember[] members)
    {
        var unitsPerPartition = IsKeyBased ? KeySlots.PerPartition : 1;
        var topics = _topics.Values.OrderBy(static topic => topic.Name, StringComparer.Ordinal).ToArray();
        var indexes = new Dictionary<string, int>(topics.Length, StringComparer.Ordinal);
        for (var i = 0; i < topics.Length; i++)
        {
            indexes.Add(topics[i].Name, i);
        }

        members = [.. _members.Values.OrderBy(static member => member.Name, StringComparer.Ordinal)];
        var assigned = new AssignedMember[members.Length];
        for (var i = 0; i < members.Length; i++)
        {
            // Members of a group mostly say the same: look it up once.
            var isAsBefore = i > 0 && members[i].Said.TopicRegex == members[i - 1].Said.TopicRegex
                && members[i].Said.TopicNames.AsSpan().SequenceEqual(members[i - 1].Said.TopicNames);
            assigned[i] = new AssignedMember(members[i].Name, isAsBefore ? assigned[i - 1].Topics : TopicsOf(members[i], indexes), TargetOf(members[i].Id));
        }

        return new AssignmentTask(Array.ConvertAll(topics, topic => new AssignedTopic(topic.Id, topic.PartitionCount * unitsPerPartition)), assigned);
    }

    private int[] TopicsOf(ConsumerMember member, Dictionary<string, int> indexes)
    {
        var matched = member.Said.TopicRegex is { } regex && _regexes.TryGetValue(regex, out var record) ? record.Topics : [];
        return [.. member.Said.TopicNames.Concat(matched).Where(indexes.ContainsKey).Select(name => indexes[name]).Distinct().Order()];
    }

    /// <summary>The assignor that most members want; a draw goes to the first by name.</summary>
    private string AssignorOfMost() => _members.Values
        .Select(static member => member.Said.Assignor)
        .OfType<string>()
        .CountBy(static name => name, StringComparer.Ordinal)
        .OrderByDescending(static vote => vote.Value)
        .ThenBy(static vote => vote.Key, StringComparer.Ordinal)
        .Select(static vote => vote.Key)
        .FirstOrDefault(settings.ConsumerAssignors[0]);
}
