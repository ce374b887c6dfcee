namespace Orleans.Runtime;

/// <summary>Service keys of the clocks: register a keyed <see cref="TimeProvider"/> to give one area its own.</summary>
public static class TimeProviderNames
{
    public const string Grains = "Orleans.Grains";
    public const string Messaging = "Orleans.Messaging";
    public const string SystemTimers = "Orleans.SystemTimers";
    public const string Membership = "Orleans.Membership";
    public const string ActivationManagement = "Orleans.ActivationManagement";
    public const string GrainDirectory = "Orleans.GrainDirectory";
}
