namespace Orleans
{
    public interface IAddressable;

    public interface IGrain : IAddressable;

    public interface IGrainWithStringKey : IGrain;

    public interface IConverter<TValue, TSurrogate>
        where TSurrogate : struct
    {
        TValue ConvertFromSurrogate(in TSurrogate surrogate);

        TSurrogate ConvertToSurrogate(in TValue value);
    }

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
    public sealed class GenerateSerializerAttribute : Attribute;

    [AttributeUsage(AttributeTargets.All)]
    public sealed class IdAttribute(uint id) : Attribute
    {
        public uint Id { get; } = id;
    }

    [AttributeUsage(AttributeTargets.All)]
    public sealed class AliasAttribute(string alias) : Attribute
    {
        public string Alias { get; } = alias;
    }

    [AttributeUsage(AttributeTargets.All)]
    public sealed class ImmutableAttribute : Attribute;

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class RegisterConverterAttribute : Attribute;
}

namespace Orleans.Concurrency
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute;
}
