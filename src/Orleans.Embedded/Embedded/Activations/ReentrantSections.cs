namespace Orleans.Embedded.Activations;

/// <summary>The call chains that an activation lets back in, with how often each was allowed. Belongs to the turns.</summary>
internal sealed class ReentrantSections
{
    private readonly Dictionary<Guid, int> _depths = [];

    public bool Contains(Guid id) => id != Guid.Empty && _depths.ContainsKey(id);

    public void Enter(Guid id) => _depths[id] = _depths.GetValueOrDefault(id) + 1;

    public void Exit(Guid id)
    {
        var depth = _depths.GetValueOrDefault(id) - 1;
        if (depth > 0)
        {
            _depths[id] = depth;
        }
        else
        {
            _depths.Remove(id);
        }
    }
}
