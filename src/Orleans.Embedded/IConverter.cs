namespace Orleans;

/// <summary>
/// Lets a type that we cannot annotate travel as a surrogate that we can. Implementations have a parameterless constructor,
/// are marked with <see cref="RegisterConverterAttribute"/>, hold no state and may be called by any thread.
/// </summary>
public interface IConverter<TValue, TSurrogate>
    where TSurrogate : struct
{
    TValue ConvertFromSurrogate(in TSurrogate surrogate);

    TSurrogate ConvertToSurrogate(in TValue value);
}
