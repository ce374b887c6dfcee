namespace Orleans.Serialization.Invocation;

/// <summary>Holds the object that calls go to, and components beside it.</summary>
public interface ITargetHolder
{
    object? GetTarget();

    object? GetComponent(Type componentType);
}
