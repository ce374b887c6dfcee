using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>What applications store with the serializer: one piece of bytes, also where a message would carry payloads beside itself.</summary>
public sealed class SerializerTests
{
    private static readonly byte[][] _value = [[1, 2, 3], .. Enumerable.Range(1, 3).Select(i => Enumerable.Repeat((byte)i, 5000 * i).ToArray())];

    private readonly Serializer<byte[][]> _serializer = new Serializer(Wire.New()).GetSerializer<byte[][]>();

    [Fact]
    public void ValuesComeBack() => Assert.Equal(_value, _serializer.Deserialize(_serializer.SerializeToArray(_value)));

    [Fact]
    public void OtherBytesAreRefused()
    {
        var bytes = _serializer.SerializeToArray(_value);
        foreach (var length in Enumerable.Range(0, 100).Append(bytes.Length - 1))
        {
            Assert.Throws<SerializerException>(() => _serializer.Deserialize(bytes.AsSpan(0, length)));
        }

        byte[] longer = [.. bytes, 0];
        Assert.Throws<SerializerException>(() => _serializer.Deserialize(longer));
        Assert.Throws<SerializerException>(() => _serializer.Deserialize([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]));
    }
}
