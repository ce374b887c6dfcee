namespace Orleans.Embedded.Silos;

/// <summary>The silo's side of all connections.</summary>
internal interface ISiloEndpoint
{
    /// <summary>Lets others in.</summary>
    void Open();

    /// <summary>Sends what is queued, then ends all connections.</summary>
    Task Close();

    /// <summary>Ends all connections at once.</summary>
    void Abort();
}

/// <summary>For a cluster that is this silo alone.</summary>
internal sealed class NoEndpoint : ISiloEndpoint
{
    public void Open()
    {
    }

    public Task Close() => Task.CompletedTask;

    public void Abort()
    {
    }
}
