namespace Orleans.Serialization;

/// <summary>A value cannot be copied or serialized.</summary>
public class SerializerException : Exception
{
    public SerializerException()
    {
    }

    public SerializerException(string message)
        : base(message)
    {
    }

    public SerializerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A type may not travel: it lacks <see cref="GenerateSerializerAttribute"/> and nothing else is known about it.</summary>
public sealed class CodecNotFoundException(string message) : SerializerException(message);
