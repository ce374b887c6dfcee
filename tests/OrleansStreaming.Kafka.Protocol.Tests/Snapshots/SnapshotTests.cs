using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Kafka.Protocol.Messages;
using OrleansStreaming.Kafka.Protocol.Tests.Filling;
using OrleansStreaming.Kafka.Protocol.Tests.Schemas;

namespace OrleansStreaming.Kafka.Protocol.Tests.Snapshots;

/// <summary>
/// Locks the bytes. <c>defaults.tsv</c>: every message with nothing set, up to the versions of Apache Kafka 3.9.0 as that
/// broker itself serialises them. <c>newer.tsv</c>: the versions it did not have. <c>filled.tsv</c>: every field set from a
/// fixed seed, in each message's lowest and highest version.
/// </summary>
public sealed class SnapshotTests
{
    private static readonly ILookup<string, Snapshot> _defaults = Snapshot.Load("defaults.tsv").ToLookup(snapshot => snapshot.Api);

    public static TheoryData<string> Apis => SchemaFiles.Names;

    [Theory]
    [MemberData(nameof(Apis))]
    public void Defaults_match_in_both_directions(string name)
    {
        ApiDefinition api = SchemaFiles.Get(name);
        foreach (Snapshot snapshot in _defaults[name])
        {
            Message message = snapshot.IsRequest ? api.Request! : api.Response!;
            Assert.Equal(snapshot.ToString(), Now(api, message, snapshot.Version, Codec.New(message)).ToString());
            SameAfterReading(snapshot);
        }
    }

    [Fact]
    public void Newer_versions_match()
    {
        var newer = new List<Snapshot>();
        foreach (ApiDefinition api in SchemaFiles.All)
        {
            foreach (Message message in SchemaFiles.MessagesOf(api))
            {
                var known = _defaults[api.Name].Where(snapshot => snapshot.IsRequest == message.IsRequest).Select(snapshot => snapshot.Version);
                newer.AddRange(SchemaFiles.VersionsOf(api).Except(known).Select(version => Now(api, message, version, Codec.New(message))));
            }
        }

        Snapshot.Match("newer.tsv", newer);
        newer.ForEach(SameAfterReading);
    }

    [Fact]
    public void Filled_messages_match()
    {
        List<Snapshot> filled = SchemaFiles.All.SelectMany(Filled).ToList();
        Snapshot.Match("filled.tsv", filled);
        filled.ForEach(SameAfterReading);
    }

    private static IEnumerable<Snapshot> Filled(ApiDefinition api)
    {
        foreach (Message message in SchemaFiles.MessagesOf(api))
        {
            foreach (short version in new[] { api.Versions.Low, api.Versions.High }.Distinct())
            {
                object filled = Codec.New(message);
                new MessageFiller(new Random(1), always: true).Fill(filled, message.Body, version);
                yield return Now(api, message, version, filled);
            }
        }
    }

    private static Snapshot Now(ApiDefinition api, Message message, short version, object value)
    {
        ApiKey key = SchemaFiles.KeyOf(api);
        short header = message.IsRequest ? ApiCatalog.RequestHeaderVersion(key, version) : ApiCatalog.ResponseHeaderVersion(key, version);
        return new Snapshot(api.Name, version, message.IsRequest, header, Codec.Write(value, version));
    }

    private static void SameAfterReading(Snapshot snapshot)
    {
        ApiDefinition api = SchemaFiles.Get(snapshot.Api);
        Message message = snapshot.IsRequest ? api.Request! : api.Response!;
        object read = Codec.Read(SchemaFiles.KeyOf(api), message, snapshot.Version, snapshot.Body, out long remaining);
        Assert.Equal(0, remaining);
        Assert.Equal(snapshot.Body, Codec.Write(read, snapshot.Version));
    }
}
