namespace Orleans.Configuration;

/// <summary>How silos and clients of one machine talk to each other. Only in the embedded Orleans.</summary>
public class SiloConnectionOptions
{
    /// <summary>A peer that has not answered a greeting for this long is not reached. Default: 2 s.</summary>
    public TimeSpan OpenTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What is queued for a peer is sent for so long at the silo's end. Default: 1 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Memory that two processes share for the large payloads that are under way to a peer, in bytes; what does not fit
    /// goes through the socket. It is taken as it is needed. 64 KiB to 64 MiB, 0 for none. Default: 4 MiB.
    /// </summary>
    public int RingBytes { get; set; } = 4 * 1024 * 1024;
}
