namespace OrleansStreaming.Cli.Formats;

/// <summary>How records stand in a text.</summary>
internal enum RecordFormat
{
    /// <summary>The value's bytes, one record a line; with a separator, the key before it.</summary>
    Text,

    /// <summary>One <see cref="RecordLine"/> a line.</summary>
    Json,

    /// <summary>Key and value in hexadecimal, with where they lie. Only written.</summary>
    Hex,
}
