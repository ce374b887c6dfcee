using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Ids;

namespace OrleansStreaming.Cli.Commands.Configs;

/// <summary>The options that say whose configs are meant.</summary>
internal sealed class ConfigResourceOptions
{
    private readonly Option<string?> _topic = new("--topic", "-t") { HelpName = "NAME", Description = "The configs of a topic." };
    private readonly Option<string?> _group = new("--group", "-g") { HelpName = "ID", Description = "The configs of a consumer group of the new protocol (KIP-848)." };
    private readonly Option<int?> _broker = new("--broker") { HelpName = "ID", Description = "The configs of a broker." };
    private readonly Option<bool> _allBrokers = new("--all-brokers") { Description = "What all brokers share." };

    public void AddTo(Command command)
    {
        command.Add(_topic);
        command.Add(_group);
        command.Add(_broker);
        command.Add(_allBrokers);
    }

    /// <exception cref="UsageException">None is named, or several are.</exception>
    public ConfigResource Value(ParseResult parsed)
    {
        ConfigResource?[] named =
        [
            parsed.GetValue(_topic) is { } topic ? ConfigResource.Topic(topic) : null,
            parsed.GetValue(_group) is { } group ? ConfigResource.Group(group) : null,
            parsed.GetValue(_broker) is { } broker ? ConfigResource.Broker(new BrokerId(broker)) : null,
            parsed.GetValue(_allBrokers) ? ConfigResource.AllBrokers : null,
        ];
        return named.Count(one => one is not null) == 1
            ? named.Single(one => one is not null)!.Value
            : throw new UsageException("Whose configs? Name one of --topic NAME, --group ID, --broker ID and --all-brokers.");
    }
}
