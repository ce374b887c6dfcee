using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Orleans.Embedded.Connections;

/// <summary>A TCP connection.</summary>
internal sealed class SocketLink : ILink
{
    /// <summary>Room for several large messages, so that the sender does not wake up for every few packets.</summary>
    private const int KernelBufferBytes = 1 << 20;

    // IPPROTO_TCP and TCP_CONGESTION of Linux, tcp(7).
    private const int Tcp = 6;
    private const int Congestion = 13;

    private readonly Socket _socket;
    private readonly VectoredSend _send = new();

    public SocketLink(Socket socket)
    {
        socket.NoDelay = true;
        DoNotPace(socket);
        _socket = socket;
    }

    /// <summary>For a connection of large messages.</summary>
    public void WidenBuffers()
    {
        _socket.SendBufferSize = KernelBufferBytes;
        _socket.ReceiveBufferSize = KernelBufferBytes;
    }

    public ValueTask<int> Receive(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, SocketFlags.None);

    public async ValueTask Send(List<ArraySegment<byte>> buffers)
    {
        if (buffers.Count > 1)
        {
            await _send.Run(_socket, buffers).ConfigureAwait(false);
            return;
        }

        var sent = await _socket.SendAsync(buffers[0].AsMemory(), SocketFlags.None).ConfigureAwait(false);
        while (sent < buffers[0].Count)
        {
            sent += await _socket.SendAsync(buffers[0].AsMemory(sent), SocketFlags.None).ConfigureAwait(false);
        }
    }

    public void Abort() => _socket.Dispose();

    /// <summary>
    /// The system's congestion control may be one that paces (BBR) and arms a timer for nearly every segment; between silos of one
    /// machine there is no path to be gentle with. Reno is there on every Linux and open to every user.
    /// </summary>
    private static void DoNotPace(Socket socket)
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                socket.SetRawSocketOption(Tcp, Congestion, "reno"u8);
            }
            catch (SocketException)
            {
                // It works as well with what the system has, at its price.
            }
        }
    }

    /// <summary>One send of many buffers at a time, without allocation.</summary>
    private sealed class VectoredSend : SocketAsyncEventArgs, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _source;

        public VectoredSend()
            : base(true)
        {
        }

        public ValueTask Run(Socket socket, List<ArraySegment<byte>> buffers)
        {
            _source.Reset();
            BufferList = buffers;
            if (!socket.SendAsync(this))
            {
                OnCompleted(this);
            }

            return new ValueTask(this, _source.Version);
        }

        public void GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);

        protected override void OnCompleted(SocketAsyncEventArgs e)
        {
            BufferList = null;
            if (SocketError == SocketError.Success)
            {
                _source.SetResult(true);
            }
            else
            {
                _source.SetException(new SocketException((int)SocketError));
            }
        }
    }
}
