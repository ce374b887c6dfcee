using System.Reflection;
using Orleans.Embedded.Copying;

namespace Orleans.Embedded.Serialization;

/// <summary>One member of a type.</summary>
internal abstract class Member<TOwner>(uint id)
{
    public uint Id { get; } = id;

    public static Member<TOwner> Create(SerializedMember member, WireCodecs codecs)
    {
        var type = member.Type;
        return (Member<TOwner>)Activator.CreateInstance(
            typeof(Member<,>).MakeGenericType(typeof(TOwner), type),
            member.Id,
            member.Storage,
            codecs.For(type))!;
    }

    public abstract void Write(WireWriter output, ref TOwner owner);

    public abstract void Read(WireReader input, WireShape shape, ref TOwner owner);
}

internal delegate TMember GetMember<TOwner, out TMember>(ref TOwner owner);

internal delegate void SetMember<TOwner, in TMember>(ref TOwner owner, TMember value);

internal sealed class Member<TOwner, TMember>(uint id, MemberInfo storage, WireCodec<TMember> codec) : Member<TOwner>(id)
{
    private readonly GetMember<TOwner, TMember> _get = MemberAccess.Getter<TOwner, TMember>(storage);
    private readonly SetMember<TOwner, TMember> _set = MemberAccess.Setter<TOwner, TMember>(storage);

    public override void Write(WireWriter output, ref TOwner owner)
    {
        var value = _get(ref owner);
        if (codec.IsDefault(value))
        {
            output.WriteMemberHeader(Id, WireShape.Default);
            return;
        }

        output.WriteMemberHeader(Id, codec.MemberShape);
        codec.WriteMember(output, value);
    }

    public override void Read(WireReader input, WireShape shape, ref TOwner owner)
    {
        if (shape == WireShape.Default)
        {
            _set(ref owner, default!);
            return;
        }

        input.Expect(codec.MemberShape, shape);
        _set(ref owner, codec.ReadMember(input));
    }
}
