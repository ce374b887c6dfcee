using System.CommandLine;
using System.CommandLine.Help;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Commands.Brokers;
using OrleansStreaming.Cli.Commands.Completion;
using OrleansStreaming.Cli.Commands.Configs;
using OrleansStreaming.Cli.Commands.Data;
using OrleansStreaming.Cli.Commands.Groups;
using OrleansStreaming.Cli.Commands.Logs;
using OrleansStreaming.Cli.Commands.Perf;
using OrleansStreaming.Cli.Commands.Topics;

namespace OrleansStreaming.Cli.Commands;

/// <summary>The tree of all commands.</summary>
internal static class OstreamCommands
{
    public const string ToolName = "ostream";

    public static RootCommand Build(Tool tool)
    {
        var root = new RootCommand("The command line of Orleans Streaming, and of any Kafka cluster.");
        tool.Options.AddTo(root);
        root.Add(Gather("topic", "Topics.",
            new TopicCreateCommand(tool), new TopicListCommand(tool), new TopicDescribeCommand(tool), new TopicAlterCommand(tool), new TopicDeleteCommand(tool)));
        root.Add(new ProduceCommand(tool));
        root.Add(new ConsumeCommand(tool));
        root.Add(Gather("group", "Consumer groups.",
            new GroupListCommand(tool), new GroupDescribeCommand(tool), new GroupLagCommand(tool), new GroupResetOffsetsCommand(tool), new GroupDeleteCommand(tool)));
        root.Add(Gather("cluster", "The brokers, and where partitions lie among them.",
            new ClusterDescribeCommand(tool), new ClusterBrokersCommand(tool), new ClusterReassignCommand(tool), new ClusterElectCommand(tool)));
        root.Add(Gather("config", "Configs of topics, groups and brokers.", new ConfigGetCommand(tool), new ConfigSetCommand(tool)));
        root.Add(Gather("log", "Segment files on this machine; no broker is asked.", new LogDumpCommand(tool)));
        root.Add(Gather("perf", "Measurements.", new PerfProduceCommand(tool), new PerfConsumeCommand(tool), new PerfLatencyCommand(tool)));
        root.Add(new CompletionCommand(tool));
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static Command Gather(string name, string description, params OstreamCommand[] commands)
    {
        var gathered = new Command(name, description);
        foreach (var command in commands)
        {
            gathered.Add(command);
        }

        return gathered;
    }
}
