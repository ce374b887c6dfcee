using System.Runtime.CompilerServices;
using Orleans.Embedded.Copying;

namespace Orleans.Embedded.Serialization;

/// <summary>
/// Writes the members of a type by their numbers, level by level of its base types. Members that the reader does not know are
/// stepped over, those that it misses keep the value that a new object has. What the members are made of is looked up at first
/// use, since types may contain themselves.
/// </summary>
internal sealed class MemberCodec<T>(WireCodecs codecs, IReadOnlyList<SerializedMember> serialized) : WireCodec<T>
{
    private Func<T>? _create;
    private Member<T>[][]? _levels;

    public override WireShape Shape => WireShape.Node;

    public override bool IsTracked => !typeof(T).IsValueType;

    private Member<T>[][] Levels => Volatile.Read(ref _levels) ?? Prepare();

    public override void Write(WireWriter output, T value)
    {
        if (!typeof(T).IsValueType)
        {
            if (value is null)
            {
                output.WriteNodeHeader(NodeKind.Null, 0);
                return;
            }

            if (output.TryWriteReference(value))
            {
                return;
            }
        }

        output.WriteNodeHeader(NodeKind.Members, 0);
        WriteMembers(output, ref value);
    }

    /// <summary>The members without the header before them.</summary>
    public void WriteMembers(WireWriter output, ref T value)
    {
        output.Enter();
        var levels = Levels;
        for (var i = 0; i < levels.Length; i++)
        {
            if (i > 0)
            {
                output.WriteMemberHeader(1, WireShape.End);
            }

            foreach (var member in levels[i])
            {
                member.Write(output, ref value);
            }
        }

        output.WriteMemberHeader(0, WireShape.End);
        output.Leave();
    }

    public override T Read(WireReader input)
    {
        var position = input.Position;
        var (kind, number) = input.ReadNodeHeader();
        if (kind == NodeKind.Members)
        {
            var value = Create();
            if (!typeof(T).IsValueType)
            {
                input.Remember(position, value!);
            }

            ReadMembers(input, ref value);
            return value;
        }

        if (typeof(T).IsValueType)
        {
            throw input.Malformed($"{kind} where members of {typeof(T)} belong");
        }

        return kind switch
        {
            NodeKind.Null => default!,
            NodeKind.Reference => input.FindReferred(position, number) switch
            {
                T known => known,
                null => input.Reread(this, position, number),
                _ => throw input.Malformed("a reference to something else"),
            },
            _ => throw input.Malformed($"{kind} where members of {typeof(T)} belong"),
        };
    }

    /// <summary>A value without its members: as made by the constructor without parameters, or blank when there is none.</summary>
    public T Create()
    {
        _ = Levels;
        return _create is null ? default! : _create();
    }

    /// <summary>The members without the header before them.</summary>
    public void ReadMembers(WireReader input, ref T value)
    {
        input.Enter();
        var levels = Levels;
        var level = 0;
        while (true)
        {
            var (id, shape) = input.ReadMemberHeader();
            if (shape == WireShape.End)
            {
                if (id == 0)
                {
                    break;
                }

                if (++level >= levels.Length)
                {
                    throw input.Malformed($"more base types than {typeof(T)} has");
                }
            }
            else if (Find(levels.Length == 0 ? [] : levels[level], id) is { } member)
            {
                member.Read(input, shape, ref value);
            }
            else
            {
                input.Skip(shape);
            }
        }

        input.Leave();
    }

    private static Member<T>? Find(Member<T>[] members, uint id)
    {
        // Numbers without gaps, as most types have them, are indexes.
        if (id < (uint)members.Length && members[id].Id == id)
        {
            return members[id];
        }

        foreach (var member in members)
        {
            if (member.Id == id)
            {
                return member;
            }
        }

        return null;
    }

    private Member<T>[][] Prepare()
    {
        _create = typeof(T).IsValueType ? null : MemberAccess.Creator<T>();
        var levels = serialized
            .GroupBy(member => member.Level)
            .Select(level => level.Select(member => Member<T>.Create(member, codecs)).ToArray())
            .ToArray();

        // Two threads may both come here: the results are alike.
        Volatile.Write(ref _levels, levels);
        return levels;
    }
}
