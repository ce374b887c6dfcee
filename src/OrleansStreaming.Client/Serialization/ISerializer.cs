using System.Buffers;

namespace OrleansStreaming.Client.Serialization;

/// <summary>Which part of a record is being written or read.</summary>
public enum RecordPart
{
    /// <summary>The key.</summary>
    Key,

    /// <summary>The value.</summary>
    Value,
}

/// <summary>What a serializer may want to know.</summary>
/// <param name="Topic">The record's topic.</param>
/// <param name="Part">Key or value.</param>
/// <param name="Headers">The record's headers; may be added to while serializing, if the caller gave any.</param>
public readonly record struct SerializationContext(string Topic, RecordPart Part, Headers? Headers);

/// <summary>
/// Writes values of a type as bytes, in the manner of Protobuf's or Avro's writers. One instance serves all threads. Null never
/// gets here: it is null in the record too. What it throws goes to the caller of <c>ProduceAsync</c>, and nothing is sent.
/// </summary>
public interface ISerializer<in T>
{
    /// <summary>Appends the bytes of <paramref name="value"/> to <paramref name="output"/>; writing nothing is an empty value.</summary>
    void Serialize(T value, IBufferWriter<byte> output, in SerializationContext context);
}

/// <summary>
/// Reads values of a type from bytes. One instance serves all threads. Null never gets here. What it throws makes the record a
/// poison record (<see cref="PoisonRecords"/>).
/// </summary>
public interface IDeserializer<out T>
{
    /// <summary>The value; must not keep <paramref name="bytes"/>, which belong to the fetch buffer.</summary>
    T Deserialize(ReadOnlySpan<byte> bytes, in SerializationContext context);
}

/// <summary>Both directions.</summary>
public interface ISerde<T> : ISerializer<T>, IDeserializer<T>;
