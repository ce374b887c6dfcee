using System.Buffers;

namespace OrleansStreaming.Client.Producing;

/// <summary>A growing buffer that serializers write a key or value into, one a thread: what is in it is copied before the next use.</summary>
internal sealed class ScratchBuffer : IBufferWriter<byte>
{
    /// <summary>A larger one, left by a rare large record, is not kept.</summary>
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static ScratchBuffer? _free;

    private byte[] _array = new byte[1024];
    private int _length;

    private ScratchBuffer()
    {
    }

    public int Length => _length;

    public static ScratchBuffer Take()
    {
        var taken = _free ?? new ScratchBuffer();
        _free = null;
        taken._length = 0;
        return taken;
    }

    public void Return()
    {
        if (_array.Length <= LargestKept)
        {
            _free = this;
        }
    }

    public ReadOnlyMemory<byte> Slice(int start, int end) => _array.AsMemory(start, end - start);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _length));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_length);
    }

    private void Reserve(int sizeHint)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed > _array.Length)
        {
            Array.Resize(ref _array, Math.Max(needed, _array.Length * 2));
        }
    }
}
