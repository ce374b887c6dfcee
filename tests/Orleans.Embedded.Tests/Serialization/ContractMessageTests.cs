using System.Collections;
using System.Reflection;
using Orleans.Embedded.Copying;
using OrleansStreaming.Contracts.Replication;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>Every message of the product's grains goes through bytes and comes back with all members as they were.</summary>
public sealed class ContractMessageTests
{
    public static TheoryData<Type> Messages =>
    [
        .. typeof(AppendRequest).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsAbstract)
            .OrderBy(type => type.FullName, StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void ComesBackMemberByMember(Type message)
    {
        var original = new SampleValues(seed: 1).Make(message, depth: 0)!;

        AssertSame(original, Wire.TripAs(message, original), message.Name);
        AssertSame(original, Wire.TripAs(typeof(object), original), message.Name);
    }

    private static void AssertSame(object? expected, object? actual, string path)
    {
        if (expected is null || actual is null || expected.GetType() != actual.GetType())
        {
            Assert.True(expected is null && actual is null, $"{path}: {expected} became {actual}");
            return;
        }

        var type = expected.GetType();
        if (expected is ReadOnlyMemory<byte> memory)
        {
            Assert.Equal(memory.ToArray(), ((ReadOnlyMemory<byte>)actual).ToArray());
        }
        else if (expected is string || type.IsPrimitive || type.IsEnum || type == typeof(Guid))
        {
            Assert.True(expected.Equals(actual), $"{path}: {expected} became {actual}");
        }
        else if (expected is IEnumerable items)
        {
            object?[] left = [.. items], right = [.. (IEnumerable)actual];
            Assert.True(left.Length == right.Length, $"{path}: {left.Length} elements became {right.Length}");
            Assert.All(left.Index(), item => AssertSame(item.Item, right[item.Index], $"{path}[{item.Index}]"));
        }
        else
        {
            var fields = SerializedMembers.AreDeclaredBy(type)
                ? SerializedMembers.Of(type)
                : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            Assert.All(fields, member => AssertSame(SampleValues.Get(member, expected), SampleValues.Get(member, actual), $"{path}.{member.Name}"));
        }
    }
}
