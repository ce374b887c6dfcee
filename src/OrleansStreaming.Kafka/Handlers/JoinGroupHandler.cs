using OrleansStreaming.Contracts.Groups;
using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Groups;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Records.Errors;

namespace OrleansStreaming.Kafka.Handlers;

/// <summary>JoinGroup: answered when the group's next generation begins, which may take minutes.</summary>
internal sealed class JoinGroupHandler(GroupCoordinators coordinators) : ApiHandler<JoinGroupRequest>(ApiKey.JoinGroup, new ApiVersionRange(0, 9))
{
    protected override async ValueTask<IResponseMessage?> HandleAsync(RequestContext context, JoinGroupRequest request)
    {
        var result = request.GroupId.Length == 0
            ? Refuse(request, ErrorCode.InvalidGroupId)
            : await coordinators.AskAsync(context, request.GroupId, group => group.Join(Command(context, request)), error => Refuse(request, error)).ConfigureAwait(false);
        var response = new JoinGroupResponse
        {
            ErrorCode = (short)result.Error,
            GenerationId = result.Generation,
            ProtocolType = result.ProtocolType,
            ProtocolName = result.Protocol ?? (context.Version >= 7 ? null : ""),
            Leader = result.Leader,
            MemberId = result.MemberId,
            SkipAssignment = result.SkipAssignment,
        };
        response.Members.AddRange(result.Members.Select(member => new JoinGroupResponse.JoinGroupResponseMember
        {
            MemberId = member.MemberId,
            GroupInstanceId = member.InstanceId,
            Metadata = member.Metadata,
        }));
        return response;
    }

    private static JoinGroupCommand Command(RequestContext context, JoinGroupRequest request) => new()
    {
        MemberId = request.MemberId,
        InstanceId = request.GroupInstanceId,
        ProtocolType = request.ProtocolType,
        Protocols = [.. request.Protocols.Select(protocol => new JoinProtocol { Name = protocol.Name, Metadata = protocol.Metadata.ToArray() })],
        SessionTimeoutMs = request.SessionTimeoutMs,

        // Version 0 knows only one timeout.
        RebalanceTimeoutMs = request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs,
        ClientId = GroupClients.IdOf(context),
        ClientHost = GroupClients.HostOf(context),
        RequiresKnownMemberId = context.Version >= 4,
        CanSkipAssignment = context.Version >= 9,
    };

    private static JoinGroupResult Refuse(JoinGroupRequest request, ErrorCode error) => new() { Error = error, MemberId = request.MemberId };
}
