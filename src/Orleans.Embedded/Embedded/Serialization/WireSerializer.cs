using Orleans.Embedded.Calls;
using Orleans.Embedded.Typing;
using Orleans.Serialization;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// Turns values into bytes and back, by their declared types. Objects met twice in one message are written once: several values
/// may follow each other in one message and share objects. Any thread.
/// </summary>
internal sealed class WireSerializer(WireCodecs codecs)
{
    /// <summary>For what the application's assemblies hold.</summary>
    /// <param name="application">Its serializable types, converters and interfaces.</param>
    /// <param name="interfaces">Makes the references that are read.</param>
    /// <exception cref="Orleans.Runtime.OrleansConfigurationException">Two types have the same alias.</exception>
    public static WireSerializer Create(IReadOnlyList<AssemblyTypes> application, GrainInterfaces interfaces) => new(new WireCodecs(
        application.SelectMany(types => types.Converters).ToDictionary(entry => entry.Value, entry => entry.Converter),
        new TypeNames(application),
        (type, id) => interfaces.For(type).ReferenceTo(id)));

    /// <summary>What writes and reads values of a declared type, to be kept by whoever does so often.</summary>
    public WireCodec CodecFor(Type declared) => codecs.For(declared);

    /// <exception cref="SerializerException">The value, or one in it, has a type that may not travel; the message is of no use then.</exception>
    public void Write(WireWriter output, Type declared, object? value) => codecs.For(declared).WriteObject(output, value);

    /// <inheritdoc cref="Write(WireWriter, Type, object)"/>
    public void Write<T>(WireWriter output, T value) => codecs.For<T>().Write(output, value);

    /// <exception cref="SerializerException">The bytes are not what such a value was written as.</exception>
    public object? Read(WireReader input, Type declared)
    {
        try
        {
            return codecs.For(declared).ReadObject(input);
        }
        catch (Exception failure) when (failure is not SerializerException)
        {
            throw Unreadable(declared, failure);
        }
    }

    /// <inheritdoc cref="Read(WireReader, Type)"/>
    public T Read<T>(WireReader input)
    {
        try
        {
            return codecs.For<T>().Read(input);
        }
        catch (Exception failure) when (failure is not SerializerException)
        {
            throw Unreadable(typeof(T), failure);
        }
    }

    // Parsers and constructors of the values' own types complain in their own ways.
    private static SerializerException Unreadable(Type declared, Exception failure) =>
        new($"The bytes are no {declared}: {failure.Message}", failure);
}
