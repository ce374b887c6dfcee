namespace Orleans.Embedded.Tests.Serialization;

public interface IShape;

[GenerateSerializer, Alias("wire.Circle")]
public sealed record Circle([property: Id(0)] double Radius) : IShape;

[GenerateSerializer, Alias("wire.Drawing")]
public sealed class Drawing : IShape
{
    [Id(0)]
    public IReadOnlyList<IShape> Parts { get; init; } = [];

    [Id(1)]
    public object? Anything { get; init; }
}

[GenerateSerializer, Alias("wire.Base")]
public abstract class Document
{
    [Id(0)]
    private readonly string _title;

    [NonSerialized]
    private readonly int _cached = 7;

    protected Document(string title) => _title = title;

    [Id(7)]
    public int Pages { get; protected init; }

    public string Title => _title;

    public int Cached => _cached;
}

/// <summary>Has no constructor without parameters, so that blank objects are filled.</summary>
[GenerateSerializer, Alias("wire.Letter")]
public sealed class Letter : Document
{
    public Letter(string title, string to, int pages)
        : base(title)
    {
        To = to;
        Pages = pages;
        ConstructorRuns = 1;
    }

    [Id(0)]
    public string To { get; }

    public int ConstructorRuns { get; }
}

[GenerateSerializer, Alias("wire.Order")]
public sealed class Order
{
    [Id(0)]
    public required string Customer { get; init; }

    [Id(1)]
    public int Amount { get; init; } = 5;

    [Id(2)]
    public string? Note { get; init; } = "none";
}

[GenerateSerializer, Alias("wire.Node")]
public class Node
{
    [Id(0)]
    public string? Name { get; set; }

    [Id(1)]
    public Node? Next { get; set; }

    [Id(2)]
    public List<Node> Others { get; set; } = [];

    [Id(3)]
    public object? Any { get; set; }
}

[GenerateSerializer, Alias("wire.SpecialNode")]
public sealed class SpecialNode : Node
{
    [Id(0)]
    public long Special { get; set; }
}

[GenerateSerializer, Alias("wire.Boxed")]
public sealed class Boxed<T>
{
    [Id(0)]
    public T? Content { get; set; }
}

[GenerateSerializer, Alias("wire.Measured")]
public readonly record struct Measured([property: Id(0)] string Name, [property: Id(1)] int? Value);

public enum Plain : sbyte
{
    Least = -128,
    None = 0,
    Most = 127,
}

public enum Wide : ulong
{
    Most = ulong.MaxValue,
}

/// <summary>The message as an earlier version has it.</summary>
[GenerateSerializer]
public sealed class Version1
{
    [Id(0)]
    public int Kept { get; set; }

    [Id(2)]
    public string Missing { get; set; } = "as made";

    [Id(40)]
    public Node? Shared { get; set; }
}

/// <summary>The same message later: one member is gone, and others of all shapes have come.</summary>
[GenerateSerializer]
public sealed class Version2
{
    [Id(0)]
    public int Kept { get; set; }

    [Id(1)]
    public Node? Early { get; set; }

    [Id(5)]
    public long Number { get; set; } = long.MinValue;

    [Id(6)]
    public Guid Id { get; set; } = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");

    [Id(7)]
    public (float, double, string?) Mixed { get; set; } = (1, 2, "three");

    [Id(8)]
    public Dictionary<string, List<int?>> Map { get; set; } = new() { ["a"] = [1, null] };

    [Id(9)]
    public byte[] Bytes { get; set; } = new byte[5000];

    [Id(10)]
    public object? Any { get; set; } = new List<IShape> { new Circle(1) };

    [Id(11)]
    public object? AnyAgain { get; set; } = new List<IShape> { new Circle(2), new Drawing { Parts = new IShape[] { new Circle(3) } } };

    [Id(40)]
    public Node? Shared { get; set; }
}
