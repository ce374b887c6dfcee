namespace OrleansStreaming.Records.Errors;

/// <summary>The one table of errors: every code of the Kafka protocol with its name, its retriability and a message.</summary>
public static partial class ErrorTable
{
    // Codes start at -1 and have no gaps, so a code's entry stands at code + 1.
    private const int LowestCode = (int)ErrorCode.UnknownServerError;

    /// <summary>All errors, by code from the lowest.</summary>
    public static IReadOnlyList<ErrorDescription> All => Entries;

    /// <summary>The description of a code; that of <see cref="ErrorCode.UnknownServerError"/> for a code nobody assigned.</summary>
    public static ErrorDescription Describe(ErrorCode code)
    {
        int index = (int)code - LowestCode;
        return (uint)index < (uint)Entries.Length ? Entries[index] : Entries[0];
    }

    /// <inheritdoc cref="ErrorDescription.Name"/>
    public static string NameOf(ErrorCode code) => Describe(code).Name;

    /// <inheritdoc cref="ErrorDescription.IsRetriable"/>
    public static bool IsRetriable(ErrorCode code) => Describe(code).IsRetriable;

    /// <inheritdoc cref="ErrorDescription.Message"/>
    public static string MessageOf(ErrorCode code) => Describe(code).Message;
}
