using System.Buffers;
using System.Text.Json.Serialization;
using OrleansStreaming.Client.Serialization;

namespace OrleansStreaming.Client.Tests.Serialization;

public sealed partial class SerdeTests
{
    private static readonly SerializationContext _context = new("topic", RecordPart.Value, null);

    /// <summary>As Java's serializers write them.</summary>
    [Fact]
    public void NumbersAndGuidsHaveTheJavaClientsBytes()
    {
        Check(Serdes.Int16, (short)-2, "FFFE");
        Check(Serdes.Int32, 258, "00000102");
        Check(Serdes.Int64, 258L, "0000000000000102");
        Check(Serdes.Single, 1.5f, "3FC00000");
        Check(Serdes.Double, 1.5d, "3FF8000000000000");
        Check(Serdes.Utf8, "ä", "C3A4");
        Check(Serdes.Bytes, [1, 2], "0102");
        var guid = new Guid("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        Check(Serdes.Guid, guid, Convert.ToHexString("6f9619ff-8b86-d011-b42d-00c04fc964ff"u8));
    }

    [Fact]
    public void AWrongLengthIsRefused() => Assert.Throws<FormatException>(() => Serdes.Int32.Deserialize([1, 2, 3], _context));

    [Fact]
    public void JsonGoesBySourceGeneratedTypes()
    {
        var registry = new SerializerRegistry();
        registry.AddJson(SerdeJson.Default);
        var serializer = (ISerde<Order>)registry.SerializerOf<Order>();
        Check(serializer, new Order("apples", 2), Convert.ToHexString("{\"Item\":\"apples\",\"Count\":2}"u8));
    }

    [Fact]
    public void AnUnknownTypeSaysWhatToRegister()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new SerializerRegistry().SerializerOf<Order>());
        Assert.Contains("AddJson", failure.Message);
    }

    private static void Check<T>(ISerde<T> serde, T value, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        serde.Serialize(value, output, _context);
        Assert.Equal(expected, Convert.ToHexString(output.WrittenSpan));
        Assert.Equal(value, serde.Deserialize(output.WrittenSpan, _context));
    }

    public sealed record Order(string Item, int Count);

    [JsonSerializable(typeof(Order))]
    private sealed partial class SerdeJson : JsonSerializerContext;
}
