namespace Orleans.Embedded.Membership;

/// <summary>
/// Gives the silo's sign of life, on a thread of its own. A timer's would come from the thread pool, and a disk that stalls can keep
/// every thread of the pool in a write for seconds: the silo is slow then, but must not be taken for dead. Any thread.
/// </summary>
internal sealed class Pulse : IDisposable
{
    private readonly ManualResetEvent _stop = new(initialState: false);
    private readonly TimeSpan _period;
    private readonly Action _beat;

    /// <param name="beat">Not called at the same time as itself, nor after <see cref="Dispose"/> for longer than one that is under way.</param>
    public Pulse(TimeSpan period, Action beat)
    {
        _period = period;
        _beat = beat;
        new Thread(Run) { IsBackground = true, Name = "Orleans sign of life" }.Start();
    }

    public void Dispose() => _stop.Set();

    private void Run()
    {
        while (!_stop.WaitOne(_period))
        {
            try
            {
                _beat();
            }
            catch (ObjectDisposedException)
            {
                return; // the silo has ended in this moment
            }
            catch (IOException)
            {
                // The next beat may succeed; when none does, the others are right to call the silo silent.
            }
        }
    }
}
