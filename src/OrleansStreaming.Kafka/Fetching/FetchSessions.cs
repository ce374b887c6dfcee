using OrleansStreaming.Kafka.Diagnostics;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Fetching;

/// <summary>
/// This broker's fetch sessions (KIP-227), of which it keeps <c>max.incremental.fetch.session.cache.slots</c>. When all are
/// taken, a new one takes the place of one that was not used for two minutes, or of the smallest that has lived that long if
/// the new one is larger; else its client goes on without. Any thread may call.
/// </summary>
internal sealed class FetchSessions(BrokerSettings settings, EndpointMetrics metrics, Random random, TimeProvider time)
{
    private const int FinalEpoch = -1;
    private const short FirstWithTopicIds = 13;

    /// <summary>Kafka's: how long a session is safe from others.</summary>
    private static readonly TimeSpan _protection = TimeSpan.FromMinutes(2);

    private readonly Lock _sync = new();
    private readonly Dictionary<int, Slot> _byId = [];

    /// <summary>Least recently used first.</summary>
    private readonly LinkedList<Slot> _byUse = [];

    /// <summary>Those that have lived long enough, the smallest first.</summary>
    private readonly SortedSet<(int Size, int Id)> _replaceable = [];

    /// <summary>What a request is about: FETCH_SESSION_ID_NOT_FOUND, INVALID_FETCH_SESSION_EPOCH or FETCH_SESSION_TOPIC_ID_ERROR instead.</summary>
    public (FetchScope? Scope, ErrorCode Error) Enter(FetchRequest request, short version)
    {
        if (request.SessionEpoch is not (0 or FinalEpoch))
        {
            return Continue(request, version >= FirstWithTopicIds);
        }

        if (request.SessionId != 0)
        {
            // A full fetch ends the session it names, and may open another.
            Close(request.SessionId);
        }

        var targets = FetchTarget.Of(request);
        return (request.SessionEpoch == FinalEpoch ? new SessionlessScope(targets) : new OpeningScope(this, targets, version >= FirstWithTopicIds), ErrorCode.None);
    }

    /// <summary>The id of a new session with these partitions, or 0 when there is no room for it.</summary>
    public int Open(IReadOnlyList<FetchTarget> targets, bool usesTopicIds)
    {
        var now = time.GetTimestamp();
        lock (_sync)
        {
            if (_byId.Count >= settings.Int("max.incremental.fetch.session.cache.slots") && !TryReplace(targets.Count, now))
            {
                return 0;
            }

            var id = NewId();
            var slot = new Slot(new FetchSession(id, targets, usesTopicIds), now);
            _byId.Add(id, slot);
            slot.ByUse = _byUse.AddLast(slot);
            metrics.FetchSessionOpened();
            return id;
        }
    }

    private (FetchScope? Scope, ErrorCode Error) Continue(FetchRequest request, bool usesTopicIds)
    {
        Slot? slot;
        lock (_sync)
        {
            slot = _byId.GetValueOrDefault(request.SessionId);
        }

        if (slot is null)
        {
            return (null, ErrorCode.FetchSessionIdNotFound);
        }

        var (scope, error) = slot.Session.Continue(request, usesTopicIds);
        if (scope is SessionlessScope)
        {
            Close(request.SessionId);
        }
        else if (error is ErrorCode.None)
        {
            Touch(slot);
        }

        return (scope, error);
    }

    private void Touch(Slot slot)
    {
        var now = time.GetTimestamp();
        lock (_sync)
        {
            if (slot.ByUse is not { } node)
            {
                return;
            }

            slot.UsedAt = now;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            if (slot.ReplaceableSize != slot.Session.Size && time.GetElapsedTime(slot.OpenedAt, now) > _protection)
            {
                _replaceable.Remove((slot.ReplaceableSize, slot.Session.Id));
                slot.ReplaceableSize = slot.Session.Size;
                _replaceable.Add((slot.ReplaceableSize, slot.Session.Id));
            }
        }
    }

    private void Close(int id)
    {
        lock (_sync)
        {
            Remove(id);
        }
    }

    private bool TryReplace(int size, long now)
    {
        if (Replaceable(size, now) is not { } id)
        {
            return false;
        }

        Remove(id);
        metrics.FetchSessionEvicted();
        return true;
    }

    private int? Replaceable(int size, long now)
    {
        if (_byUse.First is { Value: var oldest } && time.GetElapsedTime(oldest.UsedAt, now) > _protection)
        {
            return oldest.Session.Id;
        }

        return _replaceable.Count > 0 && _replaceable.Min.Size < size ? _replaceable.Min.Id : null;
    }

    private void Remove(int id)
    {
        if (_byId.Remove(id, out var slot))
        {
            _byUse.Remove(slot.ByUse!);
            slot.ByUse = null;
            _replaceable.Remove((slot.ReplaceableSize, id));
            metrics.FetchSessionClosed();
        }
    }

    /// <summary>At random, so that a client of a former process of this broker does not meet another client's session.</summary>
    private int NewId()
    {
        int id;
        do
        {
            id = random.Next(1, int.MaxValue);
        }
        while (_byId.ContainsKey(id));

        return id;
    }

    /// <summary>A session's place in the cache; guarded by the cache's lock.</summary>
    private sealed class Slot(FetchSession session, long openedAt)
    {
        public FetchSession Session { get; } = session;

        public long OpenedAt { get; } = openedAt;

        public long UsedAt { get; set; } = openedAt;

        /// <summary>Null once it is out of the cache.</summary>
        public LinkedListNode<Slot>? ByUse { get; set; }

        /// <summary>Under which it is in the set of replaceable ones; -1 while it is not.</summary>
        public int ReplaceableSize { get; set; } = -1;
    }
}
