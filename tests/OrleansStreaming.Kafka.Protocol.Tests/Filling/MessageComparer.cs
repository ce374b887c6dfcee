using System.Collections;
using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Protocol.Tests.Filling;

/// <summary>Compares messages field by field; a field that the version lacks must have its default in the second one.</summary>
public static class MessageComparer
{
    public static void Same(object written, object read, Structure structure, short version, string path)
    {
        object fresh = Activator.CreateInstance(read.GetType())!;
        foreach (Field field in structure.Fields)
        {
            var property = read.GetType().GetProperty(field.Name)!;
            object? expected = property.GetValue(field.Versions.Contains(version) ? written : fresh);
            Same(expected, property.GetValue(read), field, version, $"{path}.{field.Name}");
        }
    }

    private static void Same(object? expected, object? actual, Field field, short version, string path)
    {
        if (expected is null || actual is null)
        {
            Assert.True(expected is null && actual is null, $"{path}: {expected ?? "null"} became {actual ?? "null"}");
            return;
        }

        if (!field.IsArray)
        {
            SameValue(expected, actual, field, version, path);
            return;
        }

        var left = (IList)expected;
        var right = (IList)actual;
        Assert.True(left.Count == right.Count, $"{path}: {left.Count} elements became {right.Count}");
        for (int i = 0; i < left.Count; i++)
        {
            SameValue(left[i]!, right[i]!, field, version, $"{path}[{i}]");
        }
    }

    private static void SameValue(object expected, object actual, Field field, short version, string path)
    {
        switch (field.Kind)
        {
            case ValueKind.Structure:
                Same(expected, actual, field.Structure!, version, path);
                break;
            case ValueKind.Records:
                Assert.True(Bytes((RecordSource)expected).SequenceEqual(Bytes((RecordSource)actual)), path);
                break;
            case ValueKind.Bytes:
                Assert.True(((ReadOnlyMemory<byte>)expected).Span.SequenceEqual(((ReadOnlyMemory<byte>)actual).Span), path);
                break;
            default:
                Assert.True(expected.Equals(actual), $"{path}: {expected} became {actual}");
                break;
        }
    }

    private static byte[] Bytes(RecordSource source)
    {
        var bytes = new byte[source.Length];
        source.CopyTo(0, bytes);
        return bytes;
    }
}
