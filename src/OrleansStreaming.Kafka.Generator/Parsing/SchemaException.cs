using System;

namespace OrleansStreaming.Kafka.Generator.Parsing;

/// <summary>A schema file is wrong at one line; becomes a build error there.</summary>
public sealed class SchemaException : Exception
{
    public SchemaException(int line, string message) : base(message) => Line = line;

    /// <summary>Counted from 0.</summary>
    public int Line { get; }
}
