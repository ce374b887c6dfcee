using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Client;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Kafka.Wire;

/// <summary>
/// The way to a Kafka cluster: finds a broker that answers among those it knows and the bootstrap ones, keeps a connection to
/// each broker used, and finds the controller and groups' coordinators. Any thread.
/// </summary>
internal sealed class KafkaCluster(KafkaOptions options) : IAsyncDisposable
{
    private readonly ConnectionPool _pool = new(options);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BrokerAddress> _coordinators = [];
    private volatile IReadOnlyDictionary<int, BrokerAddress> _brokers = new Dictionary<int, BrokerAddress>();

    public KafkaOptions Options => options;

    public Retries Retries { get; } = new(options);

    /// <summary>Metadata of these topics, or of all with null, as the first broker that answers has it.</summary>
    public async Task<ClusterView> ViewAsync(IReadOnlyCollection<string>? topics, CancellationToken cancellationToken)
    {
        var response = await AskAnyAsync<MetadataResponse>(
            ApiKey.Metadata,
            version => new MetadataRequest
            {
                // Version 0 has no null, and reads an empty list as all.
                Topics = topics is null && version > 0 ? null : [.. (topics ?? []).Select(name => new MetadataRequest.MetadataRequestTopic { Name = name })],
                AllowAutoTopicCreation = version < 4,
            },
            cancellationToken).ConfigureAwait(false);
        _brokers = response.Brokers.ToDictionary(broker => broker.NodeId, broker => new BrokerAddress(broker.Host, broker.Port));
        return ClusterView.Of(response);
    }

    /// <summary>As <see cref="ViewAsync"/>, and every topic must be there with a leader for each partition.</summary>
    public Task<ClusterView> ViewWithLeadersAsync(IReadOnlyCollection<string> topics, CancellationToken cancellationToken) => Retries.RunAsync(
        async () =>
        {
            var view = await ViewAsync(topics, cancellationToken).ConfigureAwait(false);
            foreach (var topic in topics)
            {
                if (!view.Topics.TryGetValue(topic, out var found))
                {
                    var error = view.Errors.GetValueOrDefault(topic, ErrorCode.UnknownTopicOrPartition);
                    throw error is ErrorCode.UnknownTopicOrPartition ? Unknown.Topic(topic) : Answers.Refusal(error, $"Topic '{topic}'");
                }

                if (found.Partitions.Any(partition => partition.Leader.Value < 0))
                {
                    throw Answers.Refusal(ErrorCode.LeaderNotAvailable, $"Topic '{topic}'");
                }
            }

            return view;
        },
        cancellationToken);

    /// <summary>Asks whichever broker answers first, known ones before bootstrap ones.</summary>
    public async Task<T> AskAnyAsync<T>(ApiKey key, Func<short, IRequestMessage> make, CancellationToken cancellationToken)
        where T : IResponseMessage
    {
        BrokerUnavailableException? last = null;
        foreach (var address in _brokers.Values.Concat(options.Bootstrap).Distinct().OrderByDescending(_pool.IsConnected))
        {
            try
            {
                return await AskAsync<T>(address, key, make, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            }
            catch (BrokerUnavailableException failure)
            {
                last = failure;
            }
        }

        throw new BrokerUnavailableException(
            $"No broker answers. {last?.Message} Check --bootstrap ({string.Join(',', options.Bootstrap)}) and that the broker runs.", last);
    }

    /// <summary>Asks a broker by its id.</summary>
    public async Task<T> AskBrokerAsync<T>(
        int broker, ApiKey key, Func<short, IRequestMessage> make, TimeSpan brokerWaits, CancellationToken cancellationToken)
        where T : IResponseMessage =>
        await AskAsync<T>(await AddressOfAsync(broker, cancellationToken).ConfigureAwait(false), key, make, brokerWaits, cancellationToken).ConfigureAwait(false);

    /// <summary>A connection to a broker, for requests that have no answer.</summary>
    public async Task<BrokerConnection> ConnectAsync(int broker, CancellationToken cancellationToken) =>
        await _pool.GetAsync(await AddressOfAsync(broker, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Asks the controller; Kafka 4's brokers pass such requests on, so any will do when none is named.</summary>
    public async Task<T> AskControllerAsync<T>(ApiKey key, Func<short, IRequestMessage> make, CancellationToken cancellationToken)
        where T : IResponseMessage
    {
        var view = await ViewAsync([], cancellationToken).ConfigureAwait(false);
        return view.Brokers.ContainsKey(view.Controller.Value)
            ? await AskBrokerAsync<T>(view.Controller.Value, key, make, options.Timeout, cancellationToken).ConfigureAwait(false)
            : await AskAnyAsync<T>(key, make, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the broker that looks after a group, and looks for it anew when it says that it does not.</summary>
    /// <param name="errorOf">The answer's error, by which a moved coordinator is noticed.</param>
    public Task<T> AskCoordinatorAsync<T>(
        string groupId, ApiKey key, Func<short, IRequestMessage> make, Func<T, short> errorOf, TimeSpan brokerWaits, CancellationToken cancellationToken)
        where T : IResponseMessage => Retries.RunAsync(
            async () =>
            {
                var address = await CoordinatorAsync(groupId, cancellationToken).ConfigureAwait(false);
                try
                {
                    var response = await AskAsync<T>(address, key, make, brokerWaits, cancellationToken).ConfigureAwait(false);
                    var error = (ErrorCode)errorOf(response);
                    if (error is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress)
                    {
                        throw Answers.Refusal(error, $"Group '{groupId}'");
                    }

                    return response;
                }
                catch (StreamingException)
                {
                    Forget(groupId);
                    throw;
                }
            },
            cancellationToken);

    public async Task<BrokerAddress> CoordinatorAsync(string groupId, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_coordinators.TryGetValue(groupId, out var known))
            {
                return known;
            }
        }

        var found = await FindCoordinatorAsync(groupId, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            return _coordinators[groupId] = found;
        }
    }

    public async Task<bool> HasAsync(ApiKey key, CancellationToken cancellationToken)
    {
        await ViewAsync([], cancellationToken).ConfigureAwait(false);
        var address = _brokers.Values.Concat(options.Bootstrap).OrderByDescending(_pool.IsConnected).First();
        return (await _pool.GetAsync(address, cancellationToken).ConfigureAwait(false)).Versions.Has(key);
    }

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    private async Task<BrokerAddress> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken)
    {
        const short FirstWithSeveral = 4;
        var response = await AskAnyAsync<FindCoordinatorResponse>(
            ApiKey.FindCoordinator,
            version => version >= FirstWithSeveral
                ? new FindCoordinatorRequest { CoordinatorKeys = [groupId] }
                : new FindCoordinatorRequest { Key = groupId },
            cancellationToken).ConfigureAwait(false);
        if (response.Coordinators is [var one, ..])
        {
            Answers.Check(one.ErrorCode, $"No coordinator for group '{groupId}'", one.ErrorMessage);
            return new BrokerAddress(one.Host, one.Port);
        }

        Answers.Check(response.ErrorCode, $"No coordinator for group '{groupId}'", response.ErrorMessage);
        return new BrokerAddress(response.Host, response.Port);
    }

    private async Task<BrokerAddress> AddressOfAsync(int broker, CancellationToken cancellationToken)
    {
        if (!_brokers.TryGetValue(broker, out var address))
        {
            await ViewAsync([], cancellationToken).ConfigureAwait(false);
            if (!_brokers.TryGetValue(broker, out address))
            {
                throw new BrokerUnavailableException($"Broker {broker} is not among the living ones ({string.Join(", ", _brokers.Keys.Order())}).");
            }
        }

        return address;
    }

    private void Forget(string groupId)
    {
        lock (_gate)
        {
            _coordinators.Remove(groupId);
        }
    }

    private async Task<T> AskAsync<T>(
        BrokerAddress address, ApiKey key, Func<short, IRequestMessage> make, TimeSpan brokerWaits, CancellationToken cancellationToken)
        where T : IResponseMessage
    {
        var connection = await _pool.GetAsync(address, cancellationToken).ConfigureAwait(false);
        return await connection.AskAsync<T>(key, make, brokerWaits, cancellationToken).ConfigureAwait(false);
    }
}
