using System.Buffers.Text;

namespace OrleansStreaming.Storage.Directories;

/// <summary>Kafka's text form of a UUID: its 16 bytes, highest first, in URL-safe base64 without padding.</summary>
internal static class KafkaUuid
{
    private const int Size = 16;

    /// <summary>A random id that, like Kafka's, does not begin with a dash: command lines would take it for an option.</summary>
    public static Guid NewId()
    {
        while (true)
        {
            var id = Guid.NewGuid();
            if (Format(id)[0] != '-')
            {
                return id;
            }
        }
    }

    public static string Format(Guid id) => Base64Url.EncodeToString(id.ToByteArray(bigEndian: true));

    public static bool TryParse(string text, out Guid id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isValid = Base64Url.IsValid(text, out var length) && length == Size;
        if (isValid)
        {
            Base64Url.DecodeFromChars(text, bytes);
        }

        id = isValid ? new Guid(bytes, bigEndian: true) : Guid.Empty;
        return isValid;
    }
}
