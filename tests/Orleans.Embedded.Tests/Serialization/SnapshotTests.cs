using Orleans.Embedded.Serialization;
using Orleans.Runtime;
using OrleansStreaming.Contracts.Replication;
using OrleansStreaming.Records.Ids;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>Processes of several versions talk to each other: these bytes never change.</summary>
public sealed class SnapshotTests
{
    public static TheoryData<string, Type, object> Messages => new()
    {
        { "d804", typeof(int), 300 },
        { "1074657874", typeof(string), "text" },
        { "060002", typeof(int?), 1 },
        { "01", typeof(byte[]), new byte[4096] },
        { "200100000002000000", typeof(int[]), new[] { 1, 2 } },
        { "20046b696e646b6579", typeof(GrainId), GrainId.Create("kind", "key") },
        { "02040461080106", typeof(Measured), new Measured("a", -1) },
        { "0204047438040e04047806", typeof(Letter), new Letter("t", "x", 2) },
        { "030b776972652e436972636c65050202000000000000f03f06", typeof(IShape), new Circle(1) },
        { "0d0400046102", typeof(Dictionary<string, int>), new Dictionary<string, int> { ["a"] = 1 } },
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void BytesStayAsTheyAre(string hex, Type declared, object value)
    {
        using var output = new WireWriter();
        Wire.Here.Write(output, declared, value);

        Assert.Equal(hex, Convert.ToHexStringLower(output.Head.Span));
    }

    [Fact]
    public void AnObjectMetAgainIsADistanceBack()
    {
        var node = new Node();

        Assert.Equal("140502070f1504051f0641", Wire.Hex(new[] { node, node }));
    }

    [Fact]
    public void AProductMessageStaysAsItIs() => Assert.Equal(
        "02050c0408010208021502000e061d02070606", Wire.Hex(new AppendRequest { Pieces = [new byte[] { 1, 2 }], Acks = RequiredAcks.Leader, LeaderEpoch = new LeaderEpoch(7) }));
}
