namespace OrleansStreaming.Records.Compression;

/// <summary>Keeps a few idle objects that are costly to make. Lock free; what does not fit is disposed of.</summary>
internal sealed class BoundedPool<T>(Func<T> create, Action<T> destroy)
    where T : class
{
    // Two a core: one in use and one spare, should the thread be preempted in the middle.
    private readonly T?[] _idle = new T?[2 * Environment.ProcessorCount];

    internal T Rent()
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } item)
            {
                return item;
            }
        }

        return create();
    }

    internal void Return(T item)
    {
        for (int i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], item, null) is null)
            {
                return;
            }
        }

        destroy(item);
    }
}
