namespace OrleansStreaming.Cli.Clusters;

/// <summary>
/// A cluster as the commands see it, whichever way it is reached. Refusals are
/// <see cref="Client.StreamingException"/>s whose messages say what to do; a cluster that does not answer in the time given
/// is a <see cref="Client.BrokerUnavailableException"/>. Any thread; dispose it last.
/// </summary>
internal interface IClusterConnection : IAsyncDisposable
{
    ITopics Topics { get; }

    IGroups Groups { get; }

    IConfigs Configs { get; }

    IBrokers Brokers { get; }

    IRecordWriter OpenWriter(WriterOptions options);

    IRecordFeed OpenFeed(FeedOptions options);
}
