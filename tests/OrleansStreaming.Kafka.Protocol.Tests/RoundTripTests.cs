using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Filling;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests;

public sealed class RoundTripTests
{
    private const int Seeds = 6;

    public static TheoryData<string> Apis => SchemaFiles.Names;

    [Theory]
    [MemberData(nameof(Apis))]
    public void What_is_written_is_read_in_every_version(string name)
    {
        ApiDefinition api = SchemaFiles.Get(name);
        ApiKey key = SchemaFiles.KeyOf(api);
        foreach (Message message in SchemaFiles.MessagesOf(api))
        {
            foreach (short version in SchemaFiles.VersionsOf(api))
            {
                for (int seed = 0; seed < Seeds; seed++)
                {
                    RoundTrip(key, message, version, seed);
                }
            }
        }
    }

    /// <summary>Seed 0 sets every field; the others leave some at their default, null or empty.</summary>
    private static void RoundTrip(ApiKey key, Message message, short version, int seed)
    {
        string path = $"{message.Body.Name} v{version} seed {seed}: ";
        var random = new Random(seed);
        object written = Codec.New(message);
        new MessageFiller(random, always: seed == 0).Fill(written, message.Body, version);
        byte[] bytes = Codec.Write(written, version);

        object read = Codec.Read(key, message, version, bytes, out long remaining);
        Assert.True(remaining == 0, $"{path}{remaining} bytes left");
        MessageComparer.Same(written, read, message.Body, version, path);
        Assert.Equal(bytes, Codec.Write(read, version));

        object pieces = Codec.Read(key, message, version, Segments.Cut(bytes, random, longest: 1 + seed * 3), out remaining);
        Assert.True(remaining == 0, $"{path}{remaining} bytes left of segments");
        MessageComparer.Same(written, pieces, message.Body, version, path + "segments ");
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void A_field_the_version_lacks_is_dropped_if_ignorable_and_refused_otherwise(string name)
    {
        ApiDefinition api = SchemaFiles.Get(name);
        foreach (Message message in SchemaFiles.MessagesOf(api))
        {
            foreach (Field field in message.Body.Fields)
            {
                foreach (short version in SchemaFiles.VersionsOf(api).Where(version => !field.Versions.Contains(version)))
                {
                    object target = Codec.New(message);
                    byte[] empty = Codec.Write(target, version);
                    new MessageFiller(new Random(version), always: true).Set(target, field, field.Versions.Low);
                    if (field.Ignorable)
                    {
                        Assert.Equal(empty, Codec.Write(target, version));
                    }
                    else
                    {
                        Assert.Throws<ProtocolWriteException>(() => Codec.Write(target, version));
                    }
                }
            }
        }
    }

    [Fact]
    public void A_field_inside_an_element_is_refused_too()
    {
        var request = new FetchRequest();
        request.Topics.Add(new() { Topic = "t", Partitions = { new() { LastFetchedEpoch = 3 } } });
        Assert.Throws<ProtocolWriteException>(() => Codec.Write(request, 11));
        Codec.Write(request, 12);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void Versions_outside_the_schema_are_refused(string name)
    {
        ApiDefinition api = SchemaFiles.Get(name);
        foreach (Message message in SchemaFiles.MessagesOf(api))
        {
            foreach (short version in new[] { (short)(api.Versions.Low - 1), (short)(api.Versions.High + 1) })
            {
                Assert.Throws<ProtocolWriteException>(() => Codec.Write(Codec.New(message), version));
                Assert.Throws<ProtocolReadException>(() => Codec.Read(SchemaFiles.KeyOf(api), message, version, new byte[100], out _));
            }
        }
    }

    [Fact]
    public void Null_is_refused_where_the_version_demands_a_value()
    {
        Assert.Throws<ProtocolWriteException>(() => Codec.Write(new MetadataRequest { Topics = null }, 0));
        Codec.Write(new MetadataRequest { Topics = null }, 1);
        Assert.Throws<ProtocolWriteException>(() => Codec.Write(new JoinGroupResponse { ProtocolName = null }, 6));
        Codec.Write(new JoinGroupResponse { ProtocolName = null }, 7);
        Assert.Throws<ProtocolWriteException>(() => Codec.Write(new HeartbeatRequest { GroupId = null! }, 0));
    }
}
