namespace OrleansStreaming.Cli.Output;

/// <summary>For whom a command writes.</summary>
internal enum OutputFormat
{
    /// <summary>People.</summary>
    Table,

    /// <summary>Scripts.</summary>
    Json,
}
