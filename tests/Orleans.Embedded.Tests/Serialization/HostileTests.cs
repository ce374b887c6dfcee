using System.Text;
using Orleans.Embedded.Serialization;
using Orleans.Serialization;
using OrleansStreaming.Allocations;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>Whatever comes, reading ends with a value or with the one exception, and costs what the input is worth.</summary>
public sealed class HostileTests
{
    private const int Rounds = 4000;

    private static readonly Type[] _targets =
    [
        typeof(object), typeof(Version2), typeof(Node), typeof(Exception), typeof(Dictionary<string, object>), typeof(List<Measured>),
        typeof(int[][]), typeof(IReadOnlyList<IShape>), typeof(IWireGrain), typeof((int?, decimal, DateTime, DateTimeOffset)), typeof(Letter),
    ];

    [Fact]
    public void RandomBytesNeverDoHarm()
    {
        const int Seed = 20260101;
        var random = new Random(Seed);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);

            // Small numbers are headers: they lead deeper than any others.
            for (var i = 0; i < bytes.Length && round % 2 == 0; i++)
            {
                bytes[i] &= 0x3f;
            }

            ReadSafely(bytes, [], _targets[round % _targets.Length], $"seed {Seed} round {round}");
        }
    }

    [Fact]
    public void ChangedMessagesNeverDoHarm()
    {
        const int Seed = 20260102;
        var random = new Random(Seed);
        foreach (var (declared, message, attachments) in Samples())
        {
            for (var round = 0; round < Rounds / 4; round++)
            {
                var bytes = message.ToArray();
                for (var changes = random.Next(1, 4); changes > 0; changes--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                var length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
                ReadSafely(bytes.AsMemory(0, length), attachments, declared, $"seed {Seed} {declared} round {round}");
            }
        }
    }

    [Fact]
    public void EveryTruncationIsNoticed()
    {
        var (declared, message, attachments) = Samples().First();
        for (var length = 0; length < message.Length; length++)
        {
            Assert.Throws<SerializerException>(() => Wire.There.Read(new WireReader(message.AsMemory(0, length), [.. attachments]), declared));
        }
    }

    [Fact]
    public void CountsThatLieAllocateNothing()
    {
        // Sequence and map headers with about a thousand million elements, and a blob of as many bytes.
        string[] messages = ["fcffffff1f05", "fdffffff1f0500", "fcffffff0f"];
        Type[] targets = [typeof(object[]), typeof(Dictionary<string, object>), typeof(byte[])];
        foreach (var declared in targets)
        {
            foreach (var message in messages)
            {
                ReadSafely(Convert.FromHexString(message), [], declared, message);
            }
        }
    }

    [Fact]
    public void DeepNestingEndsBeforeTheStackDoes()
    {
        // Lists in lists without end, as a value and as an unknown member.
        var nested = Enumerable.Repeat(new byte[] { 0x0c, 0x05 }, 100_000).SelectMany(pair => pair).ToArray();
        Assert.Throws<SerializerException>(() => Wire.There.Read<Version1>(new WireReader(new byte[] { 0x02, 0x4d }.Concat(nested).ToArray(), [])));
        var values = Enumerable.Repeat((byte)0x06, 100_000).SelectMany(_ => new byte[] { 0x06, 0x05 }).ToArray();
        Assert.Throws<SerializerException>(() => Wire.There.Read<Version1>(new WireReader(new byte[] { 0x02, 0x4d }.Concat(values).ToArray(), [])));
    }

    [Fact]
    public void OnlyTypesThatMayTravelCanBeNamed()
    {
        string[] names =
        [
            "System.Diagnostics.Process", typeof(Copying.Unmarked).FullName!, typeof(HostileTests).AssemblyQualifiedName!, "list`1", "list`1<int",
            "list`1<int>x", "list`1<nothing-such>", "int<int>", "", "[]", "?`1<string>", "wire.Base",
            string.Concat(Enumerable.Repeat("list`1<", 60)) + "int" + new string('>', 60), "int" + string.Concat(Enumerable.Repeat("[]", 50)),
        ];
        foreach (var name in names)
        {
            var utf8 = Encoding.UTF8.GetBytes(name);
            using var output = new WireWriter();
            output.WriteTypeName(utf8);
            output.WriteByte((byte)WireShape.Node);
            output.WriteNodeHeader(NodeKind.Members, 0);
            output.WriteMemberHeader(0, WireShape.End);
            Assert.ThrowsAny<SerializerException>(() => Wire.There.Read<object>(new WireReader(output.Head, [])));
        }
    }

    private static IEnumerable<(Type Declared, byte[] Message, ArraySegment<byte>[] Attachments)> Samples()
    {
        var shared = new Node { Name = "shared", Any = new object[] { 1, "x", Guid.Empty, 1.5m, DateTime.UnixEpoch } };
        shared.Next = new SpecialNode { Next = shared };
        (Type, object)[] values =
        [
            (typeof(Version2), new Version2 { Early = shared, Shared = shared }),
            (typeof(object), new Dictionary<string, object> { ["a"] = new[] { 1, 2 }, ["b"] = new HashSet<string> { "c" } }),
            (typeof(Exception), new AggregateException("a", new CodedException("b", 1), new TimeoutException())),
            (typeof(Letter), new Letter("a", "b", 3)),
        ];
        foreach (var (declared, value) in values)
        {
            using var output = new WireWriter();
            Wire.Here.Write(output, declared, value);
            yield return (declared, output.Head.ToArray(), Wire.CopiesOf(output));
        }
    }

    private static void ReadSafely(ReadOnlyMemory<byte> bytes, ArraySegment<byte>[] attachments, Type declared, string name)
    {
        const int Budget = 1 << 20;
        Assert.True(Allocated.Least(Read, Budget) <= Budget, name);

        void Read()
        {
            try
            {
                Wire.There.Read(new WireReader(bytes, [.. attachments]), declared);
            }
            catch (SerializerException)
            {
                // What ought to happen nearly always.
            }
            catch (Exception failure)
            {
                Assert.Fail($"{name}: {failure}");
            }
        }
    }
}
