using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Stands for an exception from elsewhere whose type is not known here or can not be made: it has the text of that one.</summary>
public sealed class UnavailableExceptionFallbackException : OrleansException
{
    internal UnavailableExceptionFallbackException(string? exceptionType) => ExceptionType = exceptionType;

    /// <summary>The full name of the original type.</summary>
    public string? ExceptionType { get; }

    public override string ToString() =>
        string.IsNullOrWhiteSpace(ExceptionType) ? $"Unknown exception: {base.ToString()}" : $"Unknown exception of type {ExceptionType}: {base.ToString()}";
}
