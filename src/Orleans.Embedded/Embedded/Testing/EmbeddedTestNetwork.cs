using System.Collections.Concurrent;
using System.Net;

namespace Orleans.Embedded.Testing;

/// <summary>
/// The network between the silos of a test cluster: whole until a test says otherwise. What is said about two silos holds until
/// <see cref="Heal"/>. Any thread.
/// </summary>
public sealed class EmbeddedTestNetwork
{
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<IPEndPoint, string> _names = new();
    private readonly ConcurrentDictionary<(string From, string To), Way> _ways = new();
    private readonly ConcurrentDictionary<TestLink, bool> _links = new();

    internal EmbeddedTestNetwork(TimeProvider time) => _time = time;

    /// <summary>All connections between the two break, and no new ones are made.</summary>
    public void Cut(string a, string b)
    {
        Between(a, b).IsCut = true;
        Between(b, a).IsCut = true;
        BreakLinks(a, b);
    }

    /// <summary>All connections between the two break, once; new ones are made as they are wanted.</summary>
    public void Break(string a, string b) => BreakLinks(a, b);

    /// <summary>What one sends to the other does not arrive until the network is healed; the other way goes on.</summary>
    public void CutOneWay(string from, string to) => Between(from, to).Hold();

    /// <summary>What either sends to the other arrives that much later.</summary>
    public void Delay(string a, string b, TimeSpan delay)
    {
        Between(a, b).Delay = delay;
        Between(b, a).Delay = delay;
    }

    /// <summary>The network is whole again, and what was held back arrives.</summary>
    public void Heal()
    {
        foreach (var way in _ways.Values)
        {
            way.Release();
        }
    }

    internal void Name(IPEndPoint endpoint, string silo) => _names[endpoint] = silo;

    internal string NameOf(IPEndPoint endpoint) => _names.GetValueOrDefault(endpoint, endpoint.ToString());

    internal Way Between(string from, string to) => _ways.GetOrAdd((from, to), static (_, time) => new Way(time), _time);

    internal void Add(TestLink link) => _links[link] = true;

    internal void Remove(TestLink link) => _links.TryRemove(link, out _);

    private void BreakLinks(string a, string b)
    {
        foreach (var link in _links.Keys.Where(link => link.IsBetween(a, b)))
        {
            link.Abort();
        }
    }

    /// <summary>One direction between two silos.</summary>
    internal sealed class Way(TimeProvider time)
    {
        private volatile TaskCompletionSource? _held;

        public bool IsCut { get; set; }

        public TimeSpan Delay { get; set; }

        public bool IsHeld => _held is not null;

        public void Hold() => _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release()
        {
            IsCut = false;
            Delay = TimeSpan.Zero;
            var held = _held;
            _held = null;
            held?.TrySetResult();
        }

        /// <summary>Completes when bytes that set out now arrive.</summary>
        public async ValueTask Pass(CancellationToken cancellationToken)
        {
            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, time, cancellationToken).ConfigureAwait(false);
            }

            if (_held is { } held)
            {
                await held.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
