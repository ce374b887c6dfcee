using Orleans.Embedded.Serialization;
using OrleansStreaming.Allocations;

namespace Orleans.Embedded.Tests.Serialization;

/// <summary>What a message costs in memory once its codecs are made.</summary>
public sealed class CostTests
{
    private static Circle? _made;

    [Fact]
    public void WritingAllocatesNothing()
    {
        using var output = new WireWriter();
        var node = new SpecialNode { Name = "name", Special = 5, Any = new Measured("a", 1) };
        var payload = new Boxed<ReadOnlyMemory<byte>> { Content = new byte[64 * 1024] };
        Assert.Equal(0, Allocated.Least(() =>
        {
            output.Reset();
            Wire.Here.Write(output, node);
            Wire.Here.Write(output, payload);
        }));
    }

    [Fact]
    public void ReadingAllocatesTheObjectsOnly()
    {
        using var output = new WireWriter();
        Wire.Here.Write(output, new Circle(1));
        var head = output.Head;
        var input = new WireReader();
        var circle = Allocated.Least(() => _made = new Circle(1));
        Assert.Equal(circle, Allocated.Least(() =>
        {
            input.Reset(head, []);
            _made = Wire.There.Read<Circle>(input);
        }));
    }
}
