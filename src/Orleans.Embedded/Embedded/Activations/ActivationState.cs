namespace Orleans.Embedded.Activations;

/// <summary>An activation's way from its making to its end. It only moves forward.</summary>
internal enum ActivationState
{
    /// <summary>The object is being made and started; requests wait.</summary>
    Activating,

    /// <summary>Requests run.</summary>
    Active,

    /// <summary>Running requests complete, new ones wait, then the grain is stopped.</summary>
    Deactivating,

    /// <summary>Requests are handed on.</summary>
    Dead,
}
