using System.Collections;
using System.Text;
using OrleansStreaming.Kafka.Generator.Model;
using OrleansStreaming.Records.Sources;

namespace OrleansStreaming.Kafka.Protocol.Tests.Filling;

/// <summary>Gives each field that a version has a value, drawn from a seed.</summary>
/// <param name="random">Where the values come from.</param>
/// <param name="always">Every value differs from its field's default; otherwise defaults, nulls and empty arrays occur too.</param>
public sealed class MessageFiller(Random random, bool always)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzÄß日本🙂";

    public void Fill(object target, Structure structure, short version)
    {
        foreach (Field field in structure.Fields)
        {
            if (field.Versions.Contains(version) && (always || random.Next(4) > 0))
            {
                Set(target, field, version);
            }
        }
    }

    /// <summary>Sets a field whether the version has it or not.</summary>
    public void Set(object target, Field field, short version)
    {
        var property = target.GetType().GetProperty(field.Name)!;
        if (!always && field.NullableVersions.Contains(version) && random.Next(4) == 0)
        {
            property.SetValue(target, null);
            return;
        }

        if (!field.IsArray)
        {
            property.SetValue(target, Value(field, property.PropertyType, version));
            return;
        }

        Type element = property.PropertyType.GetGenericArguments()[0];
        var list = (IList)Activator.CreateInstance(property.PropertyType)!;
        for (int count = random.Next(always ? 1 : 0, 4); count > 0; count--)
        {
            list.Add(Value(field, element, version));
        }

        property.SetValue(target, list);
    }

    /// <summary>A value that depends on the field's name too, so that snapshots notice two fields of one type that change places.</summary>
    private object Value(Field field, Type type, short version)
    {
        int seed = random.Next();
        foreach (char letter in field.Name)
        {
            seed = unchecked((seed ^ letter) * 16_777_619);
        }

        return field.Kind == ValueKind.Structure ? Structure(field, type, version) : Simple(field, new Random(seed));
    }

    private object Structure(Field field, Type type, short version)
    {
        object structure = Activator.CreateInstance(type)!;
        Fill(structure, field.Structure!, version);
        return structure;
    }

    private static object Simple(Field field, Random random)
    {
        switch (field.Kind)
        {
            case ValueKind.Boolean:
                return field.Default != "true";
            case ValueKind.Int8:
                return (sbyte)random.Next(2, 100);
            case ValueKind.Int16:
                return (short)random.Next(2, short.MaxValue);
            case ValueKind.UInt16:
                return (ushort)random.Next(2, ushort.MaxValue + 1);
            case ValueKind.Int32:
                return random.Next(100_000, 2_000_000_000);
            case ValueKind.Int64:
                return random.NextInt64(3_000_000_000, long.MaxValue);
            case ValueKind.Float64:
                return random.NextDouble() + 1;
            case ValueKind.Uuid:
                var bytes = new byte[16];
                random.NextBytes(bytes);
                return new Guid(bytes);
            case ValueKind.String:
                return Text(random);
            case ValueKind.Bytes:
                return new ReadOnlyMemory<byte>(Blob(random));
            case ValueKind.Records:
                return new MemoryRecords(new ReadOnlyMemory<byte>(Blob(random)));
            default:
                throw new InvalidOperationException($"{field.Kind} is no simple value.");
        }
    }

    /// <summary>Now and then long enough for a length prefix of two bytes.</summary>
    private static int Length(Random random) => random.Next(8) == 0 ? random.Next(100, 400) : random.Next(1, 12);

    private static byte[] Blob(Random random)
    {
        var blob = new byte[Length(random)];
        random.NextBytes(blob);
        return blob;
    }

    private static string Text(Random random)
    {
        Rune[] letters = Letters.EnumerateRunes().ToArray();
        var text = new StringBuilder();
        for (int left = Length(random); left > 0; left--)
        {
            text.Append(letters[random.Next(letters.Length)].ToString());
        }

        return text.ToString();
    }
}
