using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansStreaming.Kafka.Tests.Fakes;

internal sealed record LogLine(LogLevel Level, int Id, string Message);

/// <summary>Keeps what the endpoint logs.</summary>
internal sealed class LogSink : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    /// <summary>The lines an operator sees by default.</summary>
    public IReadOnlyList<LogLine> Shown => [.. _lines.Where(line => line.Level >= LogLevel.Information)];

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("OrleansStreaming.", StringComparison.Ordinal) ? new Sink(_lines) : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public void Dispose()
    {
    }

    private sealed class Sink(ConcurrentQueue<LogLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LogLine(logLevel, eventId.Id, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}"));
    }
}
