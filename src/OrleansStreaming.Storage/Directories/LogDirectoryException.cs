namespace OrleansStreaming.Storage.Directories;

/// <summary>The data directory cannot be used; the message says why in one line, for people.</summary>
public sealed class LogDirectoryException(string message, Exception? inner = null) : Exception(message, inner);
