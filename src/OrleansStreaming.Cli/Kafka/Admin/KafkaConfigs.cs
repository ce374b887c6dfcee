using System.Globalization;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Contracts.Cluster;
using OrleansStreaming.Contracts.Configs;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Kafka.Admin;

/// <summary>Configs over the Kafka port. A broker's configs are asked of that broker; everything else of any.</summary>
internal sealed class KafkaConfigs(KafkaCluster cluster) : IConfigs
{
    public async Task<IReadOnlyList<ConfigInfo>> GetAsync(ConfigResource resource, CancellationToken cancellationToken)
    {
        var response = await AskAsync<DescribeConfigsResponse>(
            resource,
            ApiKey.DescribeConfigs,
            version => new DescribeConfigsRequest
            {
                Resources =
                [
                    new DescribeConfigsRequest.DescribeConfigsResource
                    {
                        ResourceType = (sbyte)resource.Type, ResourceName = resource.Name, ConfigurationKeys = null,
                    },
                ],
                IncludeDocumentation = version >= 3,
            },
            cancellationToken).ConfigureAwait(false);
        var result = response.Results.Single();
        Check(resource, result.ErrorCode, result.ErrorMessage, "cannot be read");
        return [.. result.Configs.OrderBy(config => config.Name, StringComparer.Ordinal).Select(Info)];
    }

    public async Task AlterAsync(ConfigResource resource, IReadOnlyList<ConfigChange> changes, CancellationToken cancellationToken)
    {
        var response = await AskAsync<IncrementalAlterConfigsResponse>(
            resource,
            ApiKey.IncrementalAlterConfigs,
            _ => new IncrementalAlterConfigsRequest
            {
                Resources =
                [
                    new IncrementalAlterConfigsRequest.AlterConfigsResource
                    {
                        ResourceType = (sbyte)resource.Type,
                        ResourceName = resource.Name,
                        Configs =
                        [
                            .. changes.Select(change => new IncrementalAlterConfigsRequest.AlterableConfig
                            {
                                Name = change.Name, ConfigOperation = (sbyte)change.Operation, Value = change.Value,
                            }),
                        ],
                    },
                ],
            },
            cancellationToken).ConfigureAwait(false);
        var result = response.Responses.Single();
        Check(resource, result.ErrorCode, result.ErrorMessage, "were not changed");
    }

    private Task<T> AskAsync<T>(ConfigResource resource, ApiKey key, Func<short, IRequestMessage> make, CancellationToken cancellationToken)
        where T : IResponseMessage =>
        resource.Type is ConfigResourceType.Broker && int.TryParse(resource.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var broker)
            ? cluster.AskBrokerAsync<T>(broker, key, make, TimeSpan.Zero, cancellationToken)
            : cluster.AskAnyAsync<T>(key, make, cancellationToken);

    private static void Check(ConfigResource resource, short error, string? message, string what)
    {
        if ((ErrorCode)error is ErrorCode.UnknownTopicOrPartition && resource.Type is ConfigResourceType.Topic)
        {
            throw Unknown.Topic(resource.Name);
        }

        Answers.Check(error, $"The configs of {resource.Type.ToString().ToLowerInvariant()} '{resource.Name}' {what}", message);
    }

    /// <summary>Version 0 says only whether a value is the default.</summary>
    private static ConfigInfo Info(DescribeConfigsResponse.DescribeConfigsResourceResult config) => new(
        config.Name,
        config.Value,
        config.ConfigSource >= 0 ? (ConfigSource)config.ConfigSource : config.IsDefault ? ConfigSource.DefaultConfig : ConfigSource.Unknown,
        config.ReadOnly,
        config.IsSensitive,
        config.Documentation ?? "");
}
