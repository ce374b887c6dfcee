namespace Orleans.Configuration;

/// <summary>How the silos of one machine find each other through a directory. Only in the embedded Orleans.</summary>
public class SharedDirectoryClusteringOptions
{
    /// <summary>The cluster's directory, the same for all its silos. Created when it does not exist.</summary>
    public string Directory { get; set; } = "";

    /// <summary>How often a silo looks at the directory, and gives its sign of life. Default: 200 ms.</summary>
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>A silo whose process lives but is silent for this long is declared dead. Default: 3 s.</summary>
    public TimeSpan SilenceTimeout { get; set; } = TimeSpan.FromSeconds(3);
}
