using System.Runtime.InteropServices;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// The partitions that one client fetches again and again, so that it need not name them each time. Partitions that gave
/// records go to the end, so that each comes to its share of the byte limit. Any thread may call.
/// </summary>
internal sealed class FetchSession
{
    private readonly Lock _sync = new();
    private readonly bool _usesTopicIds;
    private readonly LinkedList<FetchTarget> _targets = [];
    private readonly Dictionary<Key, LinkedListNode<FetchTarget>> _byKey = [];
    private int _epoch = 1;

    /// <param name="id">Above 0.</param>
    /// <param name="targets">In their order; of a partition that is named twice the last counts.</param>
    /// <param name="usesTopicIds">Named by id (v13 on) or by name: a session never mixes them.</param>
    public FetchSession(int id, IReadOnlyList<FetchTarget> targets, bool usesTopicIds)
    {
        Id = id;
        _usesTopicIds = usesTopicIds;
        foreach (var target in targets)
        {
            Put(target);
        }

        Size = _byKey.Count;
    }

    public int Id { get; }

    /// <summary>How many partitions it has.</summary>
    public int Size { get; private set; }

    /// <summary>The epoch after this one: 0 only ever opens a session.</summary>
    public static int NextEpoch(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;

    /// <summary>
    /// Takes the client's changes and goes on by one epoch. Without an error: the scope of the fetch, a sessionless one when no
    /// partition is left, with which the session ends.
    /// </summary>
    public (FetchScope? Scope, ErrorCode Error) Continue(FetchRequest request, bool usesTopicIds)
    {
        lock (_sync)
        {
            if (request.SessionEpoch != _epoch)
            {
                return (null, ErrorCode.InvalidFetchSessionEpoch);
            }

            if (usesTopicIds != _usesTopicIds)
            {
                return (null, ErrorCode.FetchSessionTopicIdError);
            }

            Take(request);
            if (Size == 0)
            {
                return (new SessionlessScope(FetchTarget.Of(request)), ErrorCode.None);
            }

            _epoch = NextEpoch(_epoch);
            return (new ContinuingScope(this, _epoch, [.. _targets]), ErrorCode.None);
        }
    }

    /// <summary>Remembers what is told, unless the client went on to another epoch without waiting for it: then false.</summary>
    public bool TrySettle(int epoch, IReadOnlyList<FetchFinding> found)
    {
        lock (_sync)
        {
            if (epoch != _epoch)
            {
                return false;
            }

            foreach (var (target, data) in found)
            {
                target.Tell(data);
                if (data.Records is { Length: > 0 } && _byKey.TryGetValue(KeyOf(target), out var node))
                {
                    _targets.Remove(node);
                    _targets.AddLast(node);
                }
            }

            return true;
        }
    }

    private void Take(FetchRequest request)
    {
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                Put(new FetchTarget(topic.Topic, topic.TopicId, partition));
            }
        }

        foreach (var topic in request.ForgottenTopicsData)
        {
            foreach (var partition in topic.Partitions)
            {
                if (_byKey.Remove(KeyOf(topic.Topic, topic.TopicId, partition), out var node))
                {
                    _targets.Remove(node);
                }
            }
        }

        Size = _byKey.Count;
    }

    private void Put(FetchTarget target)
    {
        ref var node = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, KeyOf(target), out var isKnown);
        if (isKnown)
        {
            node!.Value.Asked = target.Asked;
        }
        else
        {
            node = _targets.AddLast(target);
        }
    }

    private Key KeyOf(FetchTarget target) => KeyOf(target.Topic, target.TopicId, target.Asked.Partition);

    private Key KeyOf(string? topic, Guid topicId, int partition) => _usesTopicIds ? new(null, topicId, partition) : new(topic, Guid.Empty, partition);

    private readonly record struct Key(string? Topic, Guid TopicId, int Partition);
}
