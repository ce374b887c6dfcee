using System.Net;
using Microsoft.Extensions.Logging;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Diagnostics;

/// <summary>The endpoint's log messages.</summary>
internal static partial class EndpointLog
{
    [LoggerMessage(1, LogLevel.Warning, "Connection {Connection} from {Remote} closed: {What}")]
    public static partial void ForeignBytes(this ILogger logger, string connection, EndPoint? remote, string what);

    [LoggerMessage(2, LogLevel.Warning, "Connection {Connection} from {Remote} closed: malformed request ({Reason})")]
    public static partial void MalformedRequest(this ILogger logger, string connection, EndPoint? remote, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Connection {Connection} from {Remote} closed: {Api} version {Version} is not served")]
    public static partial void UnsupportedRequest(this ILogger logger, string connection, EndPoint? remote, ApiKey api, short version);

    [LoggerMessage(4, LogLevel.Debug, "Connection {Connection} from {Remote} was lost: {Reason}")]
    public static partial void ClientGone(this ILogger logger, string connection, EndPoint? remote, string reason);

    [LoggerMessage(5, LogLevel.Error, "Connection {Connection} from {Remote} closed: a request failed unexpectedly")]
    public static partial void ConnectionFailed(this ILogger logger, string connection, EndPoint? remote, Exception failure);

    [LoggerMessage(6, LogLevel.Warning, "{Api} failed on {Resource}")]
    public static partial void RequestFailed(this ILogger logger, ApiKey api, string resource, Exception failure);

    [LoggerMessage(7, LogLevel.Warning, "Kestrel was added after the Kafka endpoint and brought its own memory pool: large requests are received in pieces of 4 KiB, at several times the cost")]
    public static partial void SmallReceiveBuffers(this ILogger logger);
}
