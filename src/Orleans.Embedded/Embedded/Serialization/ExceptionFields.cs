using System.Runtime.CompilerServices;

namespace Orleans.Embedded.Serialization;

/// <summary>What an exception keeps to itself once it is constructed, but must get when it comes from elsewhere.</summary>
internal static class ExceptionFields
{
    /// <summary>The text that was given, while <see cref="Exception.Message"/> may say more.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    public static extern ref string? Message(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    public static extern ref Exception? InnerException(Exception exception);
}
