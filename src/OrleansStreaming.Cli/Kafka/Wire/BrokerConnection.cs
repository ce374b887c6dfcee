using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>
/// One connection to one broker: requests are pipelined, answers matched by their correlation ids. Any thread. A failure or a
/// request without an answer in time breaks it for good; everyone who waits is told, and it must be replaced.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private readonly KafkaOptions _options;
    private readonly TcpClient _socket;
    private readonly NetworkStream _stream;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _closing = new();
    private Task _receiving = Task.CompletedTask;
    private volatile Exception? _failure;
    private VersionTable? _versions;
    private int _lastCorrelationId;

    private BrokerConnection(BrokerAddress address, TcpClient socket, KafkaOptions options)
    {
        Address = address;
        _socket = socket;
        _stream = socket.GetStream();
        _options = options;
    }

    public BrokerAddress Address { get; }

    public bool IsBroken => _failure is not null;

    public VersionTable Versions => _versions!;

    /// <exception cref="BrokerUnavailableException">It cannot be reached, or does not speak Kafka, within the timeout.</exception>
    public static async Task<BrokerConnection> OpenAsync(BrokerAddress address, KafkaOptions options, CancellationToken cancellationToken)
    {
        var socket = new TcpClient { NoDelay = true };
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = options.Time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, options.Timeout, Timeout.InfiniteTimeSpan);
            await socket.ConnectAsync(address.Host, address.Port, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new BrokerUnavailableException(
                $"{address} cannot be reached: {(failure is SocketException ? failure.Message : $"no answer within {options.Timeout.TotalSeconds:0.#} s")}.", failure);
        }

        var connection = new BrokerConnection(address, socket, options);
        connection._receiving = connection.ReceiveAsync();
        try
        {
            connection._versions = await VersionNegotiation.RunAsync(connection, options, cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks in the highest version both sides know.</summary>
    /// <param name="make">The request for a version.</param>
    /// <param name="brokerWaits">How long the broker may take by intent, as with a long poll.</param>
    public async Task<T> AskAsync<T>(ApiKey key, Func<short, IRequestMessage> make, TimeSpan brokerWaits, CancellationToken cancellationToken)
        where T : IResponseMessage
    {
        var version = Versions.Choose(key);
        var frame = await SendAsync(make(version), version, brokerWaits, cancellationToken).ConfigureAwait(false);
        return (T)Decode(frame, key, version);
    }

    /// <summary>Sends a request that is never answered: acks=none.</summary>
    public Task TellAsync(ApiKey key, Func<short, IRequestMessage> make, CancellationToken cancellationToken)
    {
        var version = Versions.Choose(key);
        return WriteAsync(make(version), version, Interlocked.Increment(ref _lastCorrelationId), cancellationToken);
    }

    /// <summary>Sends a request and answers the frame that comes back.</summary>
    public async Task<byte[]> SendAsync(IRequestMessage request, short version, TimeSpan brokerWaits, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastCorrelationId);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            if (_failure is { } broken)
            {
                throw Unavailable(broken);
            }

            await WriteAsync(request, version, id, cancellationToken).ConfigureAwait(false);
            return await answer.Task.WaitAsync(_options.Timeout + brokerWaits, _options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Break(new IOException($"no answer to {request.ApiKey} within {(_options.Timeout + brokerWaits).TotalSeconds:0.#} s"));
            throw Unavailable(_failure!);
        }
        catch (IOException failure)
        {
            throw Unavailable(failure);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Break(new IOException("the connection was closed"));
        await _receiving.ConfigureAwait(false);
    }

    private static IResponseMessage Decode(byte[] frame, ApiKey key, short version)
    {
        var reader = new ProtocolReader(frame);
        ResponseHeader.Read(ref reader, key, version);
        return ApiCatalog.ReadResponse(key, version, ref reader);
    }

    private async Task WriteAsync(IRequestMessage request, short version, int correlationId, CancellationToken cancellationToken)
    {
        using var writer = new ProtocolWriter();
        writer.WriteInt32(0); // the size, known at the end
        new RequestHeader(request.ApiKey, version, correlationId, _options.ClientId).Write(writer);
        request.Write(writer, version);
        var frame = writer.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - Framing.PrefixSize);

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Not cancelled halfway: the next request would follow half a frame.
            await _stream.WriteAsync(frame, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Break(failure);
            throw Unavailable(failure);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            var prefix = new byte[Framing.PrefixSize];
            while (true)
            {
                await _stream.ReadExactlyAsync(prefix, _closing.Token).ConfigureAwait(false);
                var size = BinaryPrimitives.ReadInt32BigEndian(prefix);
                if (size is < sizeof(int) or > int.MaxValue / 2)
                {
                    throw new IOException("the answer is not Kafka's protocol; is this the Kafka port, without TLS?");
                }

                var frame = new byte[size];
                await _stream.ReadExactlyAsync(frame, _closing.Token).ConfigureAwait(false);
                if (_waiting.TryRemove(BinaryPrimitives.ReadInt32BigEndian(frame), out var waiting))
                {
                    waiting.TrySetResult(frame);
                }
            }
        }
        catch (EndOfStreamException)
        {
            Break(new IOException("the broker closed the connection"));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            Break(failure);
        }
    }

    private void Break(Exception failure)
    {
        _failure ??= failure;
        _closing.Cancel();
        _socket.Dispose();
        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new IOException(failure.Message, failure));
        }
    }

    private BrokerUnavailableException Unavailable(Exception failure) => new($"{Address}: {failure.Message}.", failure);
}
