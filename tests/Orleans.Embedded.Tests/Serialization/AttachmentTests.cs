using System.Runtime.InteropServices;
using Orleans.Embedded.Serialization;
using Orleans.Serialization;

namespace Orleans.Embedded.Tests.Serialization;

public sealed class AttachmentTests
{
    [Fact]
    public void LargePayloadsAreNotCopiedIntoTheHead()
    {
        var payload = new byte[64 * 1024];
        using var output = new WireWriter();
        Wire.Here.Write<ReadOnlyMemory<byte>[]>(output, [payload.AsMemory(1), new byte[] { 1 }, payload.AsMemory(0, 4096), payload.AsMemory(0, 4095)]);

        Assert.Equal(2, output.Attachments.Count);
        Assert.True(MemoryMarshal.TryGetArray(output.Attachments[0], out var first));
        Assert.Same(payload, first.Array);
        Assert.Equal((1, payload.Length - 1), (first.Offset, first.Count));
        Assert.InRange(output.Length, 4095, 4200);
    }

    [Fact]
    public void WhatIsReadOwnsTheArraysReceived()
    {
        var payload = new byte[5000];
        new Random(1).NextBytes(payload);
        using var output = new WireWriter();
        Wire.Here.Write(output, new Boxed<(byte[], ReadOnlyMemory<byte>, Memory<byte>, ArraySegment<byte>)> { Content = (payload, payload, payload, payload) });
        var received = Wire.CopiesOf(output);
        var copy = Wire.There.Read<Boxed<(byte[] A, ReadOnlyMemory<byte> B, Memory<byte> C, ArraySegment<byte> D)>>(new WireReader(output.Head, [.. received])).Content;

        Assert.Equal(4, received.Length);
        Assert.Same(received[0].Array, copy.A);
        Assert.Same(received[3].Array, copy.D.Array);
        Assert.All([copy.A, copy.B.ToArray(), copy.C.ToArray(), copy.D.ToArray()], bytes => Assert.Equal(payload, bytes));
    }

    [Fact]
    public void AnArrayThatIsLongerThanItsBlobIsKeptByViewsAndCopiedForArrays()
    {
        var payload = new byte[5000];
        new Random(1).NextBytes(payload);
        using var output = new WireWriter();
        Wire.Here.Write(output, new Boxed<(byte[], ReadOnlyMemory<byte>)> { Content = (payload, payload) });
        ArraySegment<byte>[] received = [.. Wire.CopiesOf(output).Select(copy => new ArraySegment<byte>([.. copy, 1, 2, 3], 0, copy.Count))];
        var copy = Wire.There.Read<Boxed<(byte[] A, ReadOnlyMemory<byte> B)>>(new WireReader(output.Head, [.. received])).Content;

        Assert.Equal(payload, copy.A);
        Assert.Equal(payload, copy.B.ToArray());
        Assert.True(MemoryMarshal.TryGetArray(copy.B, out var kept));
        Assert.Same(received[1].Array, kept.Array);
    }

    [Fact]
    public void AnAttachmentHasOneOwner()
    {
        using var output = new WireWriter();
        Wire.Here.Write(output, new Boxed<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)> { Content = (new byte[5000], new byte[5000]) });
        var head = output.Head.ToArray();
        var last = head.AsSpan().LastIndexOf((byte)((1 << 2) | (int)BlobKind.Attachment));
        head[last] = (byte)BlobKind.Attachment;

        Assert.Throws<SerializerException>(() => Wire.There.Read<Boxed<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)>>(new WireReader(head, Wire.CopiesOf(output))));
    }

    [Fact]
    public void AnArrayMetTwiceIsSentOnce()
    {
        var payload = new byte[5000];
        using var output = new WireWriter();
        Wire.Here.Write<byte[][]>(output, [payload, payload]);

        Assert.Single(output.Attachments);
    }

    [Fact]
    public void AResetForgetsTheMessage()
    {
        using var output = new WireWriter();
        Wire.Here.Write(output, new byte[5000]);
        output.Reset();

        Assert.Empty(output.Attachments);
        Assert.Equal(0, output.Length);
    }

    [Fact]
    public void RoomIsReservedAndFilledLater()
    {
        using var output = new WireWriter();
        var at = output.Reserve(4);
        Wire.Here.Write(output, new string('a', 3000));
        output.At(at, 4)[3] = 7;

        Assert.Equal([0, 0, 0, 7], output.Head[..4].ToArray());
        Assert.Equal(3000, Wire.There.Read<string>(new WireReader(output.Head[4..], [])).Length);
    }
}
