namespace Orleans.Embedded.Serialization;

/// <summary>Writes and reads values of one declared type. Any thread.</summary>
internal abstract class WireCodec
{
    public abstract WireShape Shape { get; }

    /// <summary>An object met twice in a message is written once, as a node.</summary>
    public virtual bool IsTracked => false;

    public abstract void WriteObject(WireWriter output, object? value);

    public abstract object? ReadObject(WireReader input);
}

/// <inheritdoc/>
internal abstract class WireCodec<T> : WireCodec
{
    /// <summary>The shape as a member, where null needs no bytes.</summary>
    public virtual WireShape MemberShape => Shape;

    /// <exception cref="Orleans.Serialization.SerializerException">The value, or one in it, has a type that may not travel.</exception>
    public abstract void Write(WireWriter output, T value);

    /// <exception cref="Orleans.Serialization.SerializerException">The bytes are not what such a value was written as.</exception>
    public abstract T Read(WireReader input);

    /// <summary>The value, all of it, is its type's default: as a member it needs no bytes.</summary>
    public virtual bool IsDefault(T value) => !typeof(T).IsValueType && value is null;

    public virtual void WriteMember(WireWriter output, T value) => Write(output, value);

    public virtual T ReadMember(WireReader input) => Read(input);

    public sealed override void WriteObject(WireWriter output, object? value) => Write(output, (T)value!);

    public sealed override object? ReadObject(WireReader input) => Read(input);
}
