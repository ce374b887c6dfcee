namespace Orleans.Embedded.Activations;

/// <summary>Once pulled, no turn of any activation of the silo runs any more. Any thread.</summary>
internal sealed class HaltSwitch
{
    private volatile bool _isPulled;

    public bool IsPulled => _isPulled;

    public void Pull() => _isPulled = true;
}
