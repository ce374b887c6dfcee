namespace OrleansStreaming.Server.Configuration;

/// <summary>The broker was started with something it cannot work with; the message is one line for people.</summary>
internal sealed class OptionsException(string message) : Exception(message);
