using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests;

public sealed class HeaderTests
{
    [Fact]
    public void Header_1_ends_with_the_client_id()
    {
        byte[] bytes = new Bytes().Int16(3).Int16(8).Int32(77).Int16(2).Text("me").ToArray();
        Assert.Equal(new RequestHeader(ApiKey.Metadata, 8, 77, "me"), Read(bytes));
        Assert.Equal(bytes, Write(new RequestHeader(ApiKey.Metadata, 8, 77, "me")));
    }

    [Fact]
    public void Header_2_adds_tagged_fields_and_keeps_the_plain_client_id()
    {
        byte[] bytes = new Bytes().Int16(3).Int16(9).Int32(77).Int16(2).Text("me").Raw(0).ToArray();
        Assert.Equal(new RequestHeader(ApiKey.Metadata, 9, 77, "me"), Read(bytes));
        Assert.Equal(bytes, Write(new RequestHeader(ApiKey.Metadata, 9, 77, "me")));
        byte[] tagged = new Bytes().Int16(3).Int16(9).Int32(77).Int16(-1).Raw(1, 5, 2, 0xaa, 0xbb).ToArray();
        Assert.Equal(new RequestHeader(ApiKey.Metadata, 9, 77, null), Read(tagged));
    }

    [Fact]
    public void The_header_of_an_unknown_api_or_version_can_be_read()
    {
        Assert.Equal(
            new RequestHeader((ApiKey)999, 5, 1, "x"),
            Read(new Bytes().Int16(999).Int16(5).Int32(1).Int16(1).Text("x").ToArray()));
        Assert.Equal(
            new RequestHeader(ApiKey.ApiVersions, 99, 1, "x"),
            Read(new Bytes().Int16(18).Int16(99).Int32(1).Int16(1).Text("x").Raw(0).ToArray()));
        Assert.Equal(
            new RequestHeader((ApiKey)(-5), 5, 1, null),
            Read(new Bytes().Int16(-5).Int16(5).Int32(1).Int16(-1).ToArray()));
    }

    [Theory]
    [InlineData(ApiKey.ApiVersions, 4, new byte[] { 0, 0, 0, 9 })]
    [InlineData(ApiKey.SaslHandshake, 1, new byte[] { 0, 0, 0, 9 })]
    [InlineData(ApiKey.Metadata, 8, new byte[] { 0, 0, 0, 9 })]
    [InlineData(ApiKey.Metadata, 9, new byte[] { 0, 0, 0, 9, 0 })]
    public void The_response_header_has_tagged_fields_in_flexible_versions_but_for_api_versions(ApiKey key, short version, byte[] bytes)
    {
        using var writer = new ProtocolWriter();
        new ResponseHeader(9).Write(writer, key, version);
        Assert.Equal(bytes, writer.ToArray());
        var reader = new ProtocolReader(bytes.AsMemory());
        Assert.Equal(new ResponseHeader(9), ResponseHeader.Read(ref reader, key, version));
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void The_catalog_has_what_the_schemas_say()
    {
        Assert.Equal(SchemaFiles.All.Count, ApiCatalog.All.Count);
        foreach (var api in SchemaFiles.All)
        {
            Assert.True(ApiCatalog.TryGet(SchemaFiles.KeyOf(api), out ApiSchema schema));
            Assert.Equal((api.Versions.Low, api.Versions.High, api.FlexibleFrom), (schema.LowestVersion, schema.HighestVersion, schema.FlexibleFrom));
        }

        Assert.False(ApiCatalog.TryGet(ApiKey.Vote, out _));
        Assert.False(ApiCatalog.TryGet((ApiKey)(-1), out _));
        Assert.False(ApiCatalog.TryGet((ApiKey)short.MaxValue, out _));
        Assert.True(ApiCatalog.Has(ApiKey.Produce, 13));
        Assert.False(ApiCatalog.Has(ApiKey.Produce, 14));
    }

    private static RequestHeader Read(byte[] bytes)
    {
        var reader = new ProtocolReader(bytes.AsMemory());
        RequestHeader header = RequestHeader.Read(ref reader);
        Assert.Equal(0, reader.Remaining);
        return header;
    }

    private static byte[] Write(RequestHeader header)
    {
        using var writer = new ProtocolWriter();
        header.Write(writer);
        return writer.ToArray();
    }
}
