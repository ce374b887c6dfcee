
namespace Orleans.Embedded.Tests.Copying;

[GenerateSerializer]
public class Person
{
    public Person()
    {
    }

    public Person(string secret) => _secret = secret;

    [Id(0)]
    public string? Name { get; set; }

    [Id(1)]
    private string? _secret;

    [Id(2)]
    public List<Person> Friends { get; set; } = [];

    [Id(3)]
    public Person? Self { get; set; }

    [Id(4)]
    public int[] Numbers { get; init; } = [];

    /// <summary>No member: not copied.</summary>
    [field: NonSerialized]
    public string? Note { get; set; }

    public string? Secret => _secret;
}

[GenerateSerializer]
public sealed class Employee : Person
{
    [Id(0)]
    public Dictionary<string, decimal> Salaries { get; set; } = [];
}

[GenerateSerializer]
public sealed record Point([property: Id(0)] int X, [property: Id(1)] List<int> Path);

[GenerateSerializer]
public sealed record Segment(Point From, Point To)
{
    [Id(0)]
    public string? Label { get; init; }
}

[GenerateSerializer]
public readonly record struct Pair([property: Id(0)] byte[] Bytes, [property: Id(1)] DayOfWeek? Day);

[GenerateSerializer, Immutable]
public sealed class Frozen
{
    [Id(0)]
    public byte[] Bytes { get; init; } = [];
}

/// <summary>A type that we cannot annotate.</summary>
public sealed class Foreign(int value)
{
    public int Value { get; } = value;
}

[GenerateSerializer]
public struct ForeignSurrogate
{
    [Id(0)]
    public int Value;
}

[RegisterConverter]
public sealed class ForeignConverter : IConverter<Foreign, ForeignSurrogate>
{
    public Foreign ConvertFromSurrogate(in ForeignSurrogate surrogate) => new(surrogate.Value);

    public ForeignSurrogate ConvertToSurrogate(in Foreign value) => new() { Value = value.Value };
}

/// <summary>A type that may not travel.</summary>
public sealed class Unmarked
{
    public string? Name { get; set; }
}

public interface ICopyGrain : IGrainWithStringKey
{
    /// <summary>Keeps the argument to compare with later ones, and changes nothing.</summary>
    Task<bool> IsSameAsBefore(object value);

    Task<object> Echo(object value);

    Task<Person> EchoPerson(Person value);

    Task<IReadOnlyList<Person>> EchoPeople(IReadOnlyList<Person> value);

    Task<byte[]> EchoImmutable([Immutable] byte[] value);

    Task<ReadOnlyMemory<byte>> EchoMemory(ReadOnlyMemory<byte> value);

    Task<bool> AreSame(Person a, Person b);

    Task<ICopyGrain> Myself();

    Task<string> NameOf(ICopyGrain other);

    Task<Unmarked> ReturnUnmarked();
}

public sealed class CopyGrain : Grain, ICopyGrain
{
    private object? _before;

    public Task<bool> IsSameAsBefore(object value)
    {
        var isSame = ReferenceEquals(_before, value);
        _before = value;
        return Task.FromResult(isSame);
    }

    public Task<object> Echo(object value) => Task.FromResult(value);

    public Task<Person> EchoPerson(Person value) => Task.FromResult(value);

    public Task<IReadOnlyList<Person>> EchoPeople(IReadOnlyList<Person> value) => Task.FromResult(value);

    public Task<byte[]> EchoImmutable(byte[] value) => Task.FromResult(value);

    public Task<ReadOnlyMemory<byte>> EchoMemory(ReadOnlyMemory<byte> value) => Task.FromResult(value);

    public Task<bool> AreSame(Person a, Person b) => Task.FromResult(ReferenceEquals(a, b));

    public Task<ICopyGrain> Myself() => Task.FromResult<ICopyGrain>(this);

    public Task<string> NameOf(ICopyGrain other) => Task.FromResult(other.GetPrimaryKeyString());

    public Task<Unmarked> ReturnUnmarked() => Task.FromResult(new Unmarked());
}
