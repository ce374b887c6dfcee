using System.Net;
using OrleansStreaming.Kafka.Dispatch;

namespace OrleansStreaming.Kafka.Groups;

/// <summary>How a group's members are shown: their client's name and address, the address as Java prints it.</summary>
internal static class GroupClients
{
    public static string IdOf(RequestContext context) => context.Header.ClientId ?? "";

    public static string HostOf(RequestContext context) => context.Client.Remote is IPEndPoint remote
        ? $"/{(remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address)}"
        : "/";
}
