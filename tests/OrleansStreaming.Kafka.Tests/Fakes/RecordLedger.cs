using Microsoft.Win32.SafeHandles;
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

    /// <summary>Whether what is handed out from now on lies in files and can be sent from there.</summary>
    public bool AreInFiles { get; set; }

    /// <summary>Bytes that were sent from files without a copy.</summary>
    public int Passed { get; private set; }

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

        return new CountedRecords(this, bytes, failAt, AreInFiles ? FileOf(bytes) : null);
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

    private static SafeFileHandle FileOf(byte[] bytes)
    {
        var file = File.OpenHandle(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.Delete, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, bytes, 0);
        return file;
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

    private void CountPassed(int count)
    {
        lock (_sync)
        {
            Passed += count;
        }
    }

    private void UsedAfterRelease()
    {
        lock (_sync)
        {
            _violations.Add("read after its release");
        }
    }

    private sealed class CountedRecords(RecordLedger ledger, byte[] bytes, int failAt, SafeFileHandle? file) : RecordSource
    {
        private int _isReleased;

        public override int Length => bytes.Length;

        public override void CopyTo(int position, Span<byte> destination)
        {
            NoteUse();
            if (position + destination.Length > failAt)
            {
                throw new IOException("The segment file ends early.");
            }

            bytes.AsSpan(position, destination.Length).CopyTo(destination);
        }

        public override int PassTo(IFileSink sink, int position, int count)
        {
            NoteUse();
            var passed = file is null ? 0 : sink.Take(file, position, Math.Min(count, failAt - position));
            ledger.CountPassed(passed);
            return passed;
        }

        public override void Dispose()
        {
            file?.Dispose();
            ledger.Released(Interlocked.Exchange(ref _isReleased, 1) == 0);
            base.Dispose();
        }

        private void NoteUse()
        {
            if (Volatile.Read(ref _isReleased) == 1)
            {
                ledger.UsedAfterRelease();
            }
        }
    }
}
