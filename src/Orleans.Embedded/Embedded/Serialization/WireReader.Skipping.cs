namespace Orleans.Embedded.Serialization;

/// <summary>Steps over values that this version knows nothing of.</summary>
internal sealed partial class WireReader
{
    public void Skip(WireShape shape)
    {
        switch (shape)
        {
            case WireShape.VarInt:
                ReadVarUInt();
                break;
            case WireShape.Fixed4:
                ReadRaw(4);
                break;
            case WireShape.Fixed8:
                ReadRaw(8);
                break;
            case WireShape.Fixed16:
                ReadRaw(16);
                break;
            case WireShape.Blob:
                SkipBlob();
                break;
            case WireShape.Node:
                Enter();
                SkipNode();
                Leave();
                break;
            case WireShape.Default:
                break;
            default:
                throw Malformed("an end where a value belongs");
        }
    }

    private void SkipBlob()
    {
        var (kind, number) = ReadBlobHeader();
        if (kind == BlobKind.Inline)
        {
            ReadRaw(number);
        }
    }

    private void SkipNode()
    {
        var position = _position;
        var (kind, number) = ReadNodeHeader();
        switch (kind)
        {
            case NodeKind.Members:
                SkipMembers();
                break;
            case NodeKind.Typed:
                ReadTypeName(position, number);
                Skip((WireShape)ReadByte());
                break;
            case NodeKind.Value:
                Skip((WireShape)ReadByte());
                break;
            case NodeKind.Sequence:
                SkipElements(number, (WireShape)(ReadByte() & 7), null);
                break;
            case NodeKind.Map:
                var shapes = ReadByte();
                ReadByte();
                SkipElements(number, (WireShape)(shapes & 7), (WireShape)(shapes >> 3));
                break;
            case NodeKind.Grain:
                SkipBlob();
                SkipBlob();
                break;
        }
    }

    private void SkipMembers()
    {
        while (true)
        {
            var (id, shape) = ReadMemberHeader();
            if (shape != WireShape.End)
            {
                Skip(shape);
            }
            else if (id == 0)
            {
                return;
            }
        }
    }

    private void SkipElements(int count, WireShape first, WireShape? second)
    {
        // Elements without bytes would let a few bytes cost any amount of time.
        if (first == WireShape.Default || second == WireShape.Default)
        {
            throw Malformed("elements without bytes");
        }

        RequireElements(count, 1);
        for (var i = 0; i < count; i++)
        {
            Skip(first);
            if (second is { } shape)
            {
                Skip(shape);
            }
        }
    }
}
