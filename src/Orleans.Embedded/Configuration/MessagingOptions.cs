using System.Diagnostics;

namespace Orleans.Configuration;

/// <summary>How long calls take at most.</summary>
public abstract class MessagingOptions
{
    private TimeSpan _responseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>A caller that has waited this long gets a <see cref="TimeoutException"/>. Default: 30 s.</summary>
    public TimeSpan ResponseTimeout
    {
        get => Debugger.IsAttached ? ResponseTimeoutWithDebugger : _responseTimeout;
        set => _responseTimeout = value;
    }

    public TimeSpan ResponseTimeoutWithDebugger { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>A request that its caller has given up is not started any more. Default: true.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    /// <summary>A request that timed out gets its cancellation token cancelled. Default: false.</summary>
    public bool CancelRequestOnTimeout { get; set; }
}

/// <inheritdoc/>
public class ClientMessagingOptions : MessagingOptions;

/// <inheritdoc/>
public class SiloMessagingOptions : MessagingOptions
{
    /// <summary>How often a request is handed on to another activation before it fails. Default: 2.</summary>
    public int MaxForwardCount { get; set; } = 2;
}
