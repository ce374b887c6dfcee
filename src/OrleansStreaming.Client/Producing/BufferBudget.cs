namespace OrleansStreaming.Client.Producing;

/// <summary>
/// The bytes that a producer's records may hold. Who finds no room stands in line; records enter in the order of the line, so
/// that waiting never reorders them. Any thread.
/// </summary>
internal sealed class BufferBudget(long limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<IWaitingRecord> _line = new();
    private long _used;

    /// <summary>Takes room if there is some and nobody waits for it. A record that is larger than all of it enters when it is alone.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (_line.Count > 0 || !Fits(bytes))
            {
                return false;
            }

            _used += bytes;
            return true;
        }
    }

    /// <summary>Stands in line, unless there is room by now.</summary>
    public void Wait(IWaitingRecord record)
    {
        lock (_gate)
        {
            _line.AddLast(record);
            Admit();
        }
    }

    /// <summary>Leaves the line; false when the record has entered.</summary>
    public bool TryLeave(IWaitingRecord record)
    {
        lock (_gate)
        {
            var left = _line.Remove(record);
            Admit();
            return left;
        }
    }

    public void Release(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Admit();
        }
    }

    /// <summary>Those who stand in line now.</summary>
    public IWaitingRecord[] Waiting()
    {
        lock (_gate)
        {
            return [.. _line];
        }
    }

    private void Admit()
    {
        while (_line.First is { Value: var first } && Fits(first.Bytes))
        {
            _line.RemoveFirst();
            _used += first.Bytes;
            first.Enter();
        }
    }

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= limit;
}

/// <summary>A record that waits for room.</summary>
internal interface IWaitingRecord
{
    long Bytes { get; }

    /// <summary>Completes when the record has entered, or given up.</summary>
    Task Entered { get; }

    /// <summary>Called once, in the order of the line, with the room reserved. Must neither throw nor call back.</summary>
    void Enter();
}
