using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Tests.Fakes;

/// <summary>Every record source that the fake replicas handed out, and what was done with it.</summary>
internal sealed class RecordLedger
{
    private readonly Lock _sync = new();
    private readonly List<string> _violations = [];
    private TaskCompletionSource _allReleased = Completed();
    private int _live;

    /// <summary>Sources handed out so far.</summary>
    public int Opened { get; private set; }

    public RecordSource Open(byte[] bytes, int failAt = int.MaxValue)
    {
        lock (_sync)
        {
            Opened++;
            if (_live++ == 0)
            {
                _allReleased = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        return new CountedRecords(this, bytes, failAt);
    }

    /// <summary>Waits until every source is released; fails when one was released twice or used after its release.</summary>
    public async Task AllReleasedOnceAsync()
    {
        Task released;
        lock (_sync)
        {
            released = _allReleased.Task;
        }

        await released.WaitAsync(Signal.Limit);
        lock (_sync)
        {
            Assert.Empty(_violations);
            Assert.Equal(0, _live);
        }
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Released(bool isFirstTime)
    {
        lock (_sync)
        {
            if (!isFirstTime)
            {
                _violations.Add("released twice");
            }
            else if (--_live == 0)
            {
                _allReleased.SetResult();
            }
        }
    }

    private void UsedAfterRelease()
    {
        lock (_sync)
        {
            _violations.Add("read after its release");
        }
    }

    private sealed class CountedRecords(RecordLedger ledger, byte[] bytes, int failAt) : RecordSource
    {
        private int _isReleased;

        public override int Length => bytes.Length;

        public override void CopyTo(int position, Span<byte> destination)
        {
            if (Volatile.Read(ref _isReleased) == 1)
            {
                ledger.UsedAfterRelease();
            }

            if (position + destination.Length > failAt)
            {
                throw new IOException("The segment file ends early.");
            }

            bytes.AsSpan(position, destination.Length).CopyTo(destination);
        }

        public override void Dispose()
        {
            ledger.Released(Interlocked.Exchange(ref _isReleased, 1) == 0);
            base.Dispose();
        }
    }
}
