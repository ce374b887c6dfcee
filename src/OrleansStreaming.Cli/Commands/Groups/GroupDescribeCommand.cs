using System.CommandLine;
using OrleansStreaming.Cli.Application;
using OrleansStreaming.Cli.Clusters;
using OrleansStreaming.Cli.Output;
using OrleansStreaming.Client;
using OrleansStreaming.Client.Admin;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Cli.Commands.Groups;

/// <summary><c>group describe</c>.</summary>
internal sealed class GroupDescribeCommand : ClusterCommand
{
    private readonly Argument<string> _group = new("group") { Description = "The group's id." };

    public GroupDescribeCommand(Tool tool)
        : base(tool, "describe", "Show a group's state and members, and what each of them reads.", "ostream group describe billing --bootstrap localhost:9092") => Add(_group);

    /// <exception cref="RequestRefusedException">There is no such group.</exception>
    public static async Task<GroupInfo> FindAsync(IClusterConnection cluster, string groupId, CancellationToken cancellationToken)
    {
        var group = await cluster.Groups.DescribeAsync(groupId, cancellationToken);
        return group.State == "Dead"
            ? throw new RequestRefusedException(ErrorCode.GroupIdNotFound, $"There is no group '{groupId}'. 'ostream group list' shows those there are.")
            : group;
    }

    protected override async Task<int> RunAsync(ParseResult parsed, IClusterConnection cluster, Report report, CancellationToken cancellationToken)
    {
        var group = await FindAsync(cluster, parsed.GetRequiredValue(_group), cancellationToken);
        var details = new GroupDetails(
            group.GroupId,
            group.State,
            group.ProtocolType,
            group.Assignor,
            group.Coordinator.Value,
            [
                .. group.Members.Select(member => new MemberRow(
                    member.MemberId, member.InstanceId, member.ClientId, member.ClientHost, [.. member.Assignment.Select(partition => partition.ToString())])),
            ]);
        report.Item(details, OutputJson.Compact.GroupDetails, () => Show(report, details));
        return ExitCode.Done;
    }

    private static void Show(Report report, GroupDetails group)
    {
        report.Facts(
            ("group", group.Group), ("state", group.State), ("type", group.Type), ("assignor", group.Assignor), ("coordinator", group.Coordinator), ("members", group.Members.Count));
        if (group.Members.Count > 0)
        {
            report.Table(
                group.Members,
                new Column<MemberRow>("MEMBER", row => row.MemberId),
                new Column<MemberRow>("INSTANCE", row => row.InstanceId),
                new Column<MemberRow>("CLIENT", row => row.ClientId),
                new Column<MemberRow>("HOST", row => row.Host),
                new Column<MemberRow>("READS", row => string.Join(" ", row.Assignment)));
        }
    }
}
