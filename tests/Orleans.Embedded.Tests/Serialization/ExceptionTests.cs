using System.Net.Sockets;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Orleans.Embedded.Tests.Serialization;

[GenerateSerializer]
public sealed class CodedException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; } = code;

    [Id(1)]
    public Node? Culprit { get; init; }
}

public sealed class ExceptionTests
{
    [Fact]
    public void TypeTextTraceAndCauseTravel()
    {
        var copy = Assert.IsType<InvalidOperationException>(Wire.Trip<Exception>(Thrown(new InvalidOperationException("what", new SocketException(111)))));

        Assert.Equal("what", copy.Message);
        Assert.Contains(nameof(Thrown), copy.StackTrace, StringComparison.Ordinal);
        Assert.Equal(new InvalidOperationException().HResult, copy.HResult);
        Assert.IsType<SocketException>(copy.InnerException);
    }

    [Fact]
    public void ExceptionsOfTheRuntimeTravel()
    {
        Assert.Equal("gone", Assert.IsType<SiloUnavailableException>(Wire.Trip<object>(new SiloUnavailableException("gone"))).Message);
        Assert.IsType<TimeoutException>(Wire.Trip(new TimeoutException("late")));
        Assert.IsType<TaskCanceledException>(Wire.Trip<OperationCanceledException>(new TaskCanceledException()));
        var conflict = Wire.Trip(new InconsistentStateException("conflict", "1", "2"));
        Assert.Equal(("conflict", "1", "2"), (conflict.Message, conflict.StoredEtag, conflict.CurrentEtag));
    }

    [Fact]
    public void ArgumentsKeepTheirText() =>
        Assert.Equal(new ArgumentException("bad", "name").Message, Wire.Trip<Exception>(new ArgumentException("bad", "name")).Message);

    [Fact]
    public void AggregatesKeepAllCauses()
    {
        var original = new AggregateException("several", new TimeoutException("a"), new CodedException("b", 3));
        var copy = Wire.Trip(original);

        Assert.Equal(original.Message, copy.Message);
        Assert.Equal(["a", "b"], copy.InnerExceptions.Select(inner => inner.Message));
        Assert.IsType<TimeoutException>(copy.InnerException);
    }

    [Fact]
    public void OwnMembersTravel()
    {
        var copy = Assert.IsType<CodedException>(Wire.Trip<Exception>(new CodedException("text", 7) { Culprit = new Node { Name = "n" } }));

        Assert.Equal(("text", 7, "n"), (copy.Message, copy.Code, copy.Culprit!.Name));
    }

    [Fact]
    public void PlainDataTravelsAndOtherDataDoesNotStandInTheWay()
    {
        var copy = Wire.Trip<Exception>(new TimeoutException { Data = { ["a"] = 1, ["b"] = new Thread(() => { }), [5] = "c" } });

        Assert.Equal(1, Assert.Single(copy.Data.Values.Cast<object>()));
    }

    [Fact]
    public void UnknownTypesBecomeASubstituteWithTheirText()
    {
        // Of an assembly that does not use this library: nobody knows about it.
        var copy = Assert.IsType<UnavailableExceptionFallbackException>(Wire.Trip<Exception>(new Xunit.Sdk.XunitException("odd")));

        Assert.Equal("odd", copy.Message);
        Assert.Equal(typeof(Xunit.Sdk.XunitException).FullName, copy.ExceptionType);
        Assert.Contains("XunitException", copy.ToString(), StringComparison.Ordinal);
        Assert.Equal(copy.ExceptionType, Assert.IsType<UnavailableExceptionFallbackException>(Wire.Trip<Exception>(copy)).ExceptionType);
    }

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }
}
