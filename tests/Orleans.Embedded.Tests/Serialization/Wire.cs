using Orleans.Embedded.Calls;
using Orleans.Embedded.Copying;
using Orleans.Embedded.Serialization;
using Orleans.Embedded.Typing;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>Sends values through bytes: what one process writes, another one, with codecs of its own, reads.</summary>
internal static class Wire
{
    public static GrainInterfaces Interfaces { get; } = new(new Copiers(new Dictionary<Type, Type>()));

    public static WireSerializer Here { get; } = New();

    public static WireSerializer There { get; } = New();

    public static T Trip<T>(T value)
    {
        using var output = new WireWriter();
        Here.Write(output, value);
        return ReadAll<T>(output);
    }

    public static object? TripAs(Type declared, object? value)
    {
        using var output = new WireWriter();
        Here.Write(output, declared, value);
        var input = new WireReader(output.Head.ToArray(), CopiesOf(output));
        var result = There.Read(input, declared);
        Assert.Equal(0, input.Remaining);
        return result;
    }

    /// <summary>What a newer or older version makes of the value.</summary>
    public static TOther Reinterpret<T, TOther>(T value)
    {
        using var output = new WireWriter();
        Here.Write(output, value);
        return ReadAll<TOther>(output);
    }

    public static string Hex<T>(T value)
    {
        using var output = new WireWriter();
        Here.Write(output, value);
        return Convert.ToHexStringLower(output.Head.Span);
    }

    public static ArraySegment<byte>[] CopiesOf(WireWriter output) => [.. output.Attachments.Select(attachment => new ArraySegment<byte>(attachment.ToArray()))];

    private static T ReadAll<T>(WireWriter output)
    {
        // In the middle of an array, as in a receive buffer: positions are relative.
        var buffer = new byte[output.Length + 7];
        output.Head.CopyTo(buffer.AsMemory(3));
        var input = new WireReader(buffer.AsMemory(3, output.Length), CopiesOf(output));
        var result = There.Read<T>(input);
        Assert.Equal(0, input.Remaining);
        return result;
    }

    internal static WireSerializer New() => WireSerializer.Create(AssemblyTypes.OfApplication(), Interfaces);
}
