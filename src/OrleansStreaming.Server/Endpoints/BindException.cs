namespace OrleansStreaming.Server.Endpoints;

/// <summary>The broker cannot listen where it should; the message is one line for people.</summary>
internal sealed class BindException(string message) : Exception(message);
