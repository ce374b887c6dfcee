namespace Orleans.Embedded.Calls;

/// <summary>The result of methods that return none.</summary>
internal readonly struct Nothing;
