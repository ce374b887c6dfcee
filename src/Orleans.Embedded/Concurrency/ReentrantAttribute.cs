namespace Orleans.Concurrency;

/// <summary>All requests of the grain interleave: a new one may start whenever the grain is between two turns.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
