using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Groups.Assignors;
using OrleansStreaming.Groups.Settings;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Groups.Machine;

/// <summary>What is wrong with a heartbeat by itself, whatever the group.</summary>
internal static class ConsumerHeartbeatRules
{
    public static (ErrorCode Error, string? Message) Check(ConsumerHeartbeatCommand command, GroupSettings settings)
    {
        if (!settings.OffersConsumerProtocol && !command.IsNative)
        {
            return (ErrorCode.UnsupportedVersion, "The consumer protocol is not on offer: group.coordinator.rebalance.protocols.");
        }

        if (command is { InstanceId: "" } or { RackId: "" })
        {
            return (ErrorCode.InvalidRequest, "Instance and rack ids must not be empty.");
        }

        if (command.MemberEpoch != MemberEpochs.Join && command.MemberId.Length == 0)
        {
            return (ErrorCode.InvalidRequest, "MemberId must not be empty.");
        }

        var wrong = command.MemberEpoch switch
        {
            < MemberEpochs.LeaveForNow => "MemberEpoch is invalid.",
            MemberEpochs.LeaveForNow when command.InstanceId is null => "InstanceId must be set.",
            MemberEpochs.Join => CheckJoin(command),
            _ => null,
        };
        if (wrong is not null)
        {
            return (ErrorCode.InvalidRequest, wrong);
        }

        if (command.Assignor is { } assignor && !(command.IsNative ? AssignorCatalog.Contains(assignor) : settings.ConsumerAssignors.Contains(assignor)))
        {
            return (ErrorCode.UnsupportedAssignor, $"The assignor {assignor} is not on offer. These are: {string.Join(", ", settings.ConsumerAssignors)}.");
        }

        return command.TopicRegex is { Length: > 0 } regex && TopicPattern.Parse(regex) is null
            ? (ErrorCode.InvalidRegularExpression, $"'{regex}' is no regular expression that RE2 understands.")
            : (ErrorCode.None, null);
    }

    private static string? CheckJoin(ConsumerHeartbeatCommand command)
    {
        if (command.RebalanceTimeoutMs < 0)
        {
            return "RebalanceTimeoutMs must be set when joining.";
        }

        if (command.Owned is not { Length: 0 })
        {
            return "TopicPartitions must be empty when joining.";
        }

        return command.TopicNames is null && command.TopicRegex is null ? "Topics must be subscribed to when joining." : null;
    }
}
