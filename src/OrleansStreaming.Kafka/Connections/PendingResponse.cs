using OrleansStreaming.Kafka.Dispatch;
using OrleansStreaming.Kafka.Protocol.Messages;

namespace OrleansStreaming.Kafka.Connections;

/// <summary>A place in a connection's queue of answers: the request and the answer it will have.</summary>
internal readonly record struct PendingResponse(RequestContext Context, Task<IResponseMessage?> Answer, long StartedAt);
