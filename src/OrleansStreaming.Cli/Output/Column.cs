namespace OrleansStreaming.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Value">A row's cell; null is shown as a dash.</param>
/// <param name="IsNumber">Aligned right.</param>
internal sealed record Column<T>(string Name, Func<T, object?> Value, bool IsNumber = false);
