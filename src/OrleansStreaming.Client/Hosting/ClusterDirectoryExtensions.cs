using Orleans.Hosting;

namespace OrleansStreaming.Client.Hosting;

/// <summary>How an Orleans client finds the brokers of its machine. Only this folder may know which Orleans it is.</summary>
public static class ClusterDirectoryExtensions
{
    /// <summary>
    /// The client finds the brokers through the directory they share, and goes on with others when one is gone. The host's start
    /// fails with Orleans' <c>SiloUnavailableException</c> when none of them is reached within 2 s.
    /// </summary>
    /// <param name="client">In <c>UseOrleansClient(client => …)</c>.</param>
    /// <param name="directory">
    /// What the brokers were started with as <c>--cluster-dir</c>; without it, <c>cluster</c> in the broker's data directory.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// Built on the Microsoft.Orleans packages, whose clients take a clustering provider: configure that of the brokers instead.
    /// </exception>
    public static IClientBuilder UseClusterDirectory(this IClientBuilder client, string directory)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
#if ORLEANS_MICROSOFT
        throw new NotSupportedException(
            $"{directory}: clients on the Microsoft.Orleans packages do not find brokers by a directory. Configure the brokers' clustering provider, or connect to their Kafka port.");
#else
        return client.UseSharedDirectoryClustering(SilosOf(directory));
#endif
    }

    /// <summary>Where the silos of a cluster directory say that they are there.</summary>
    internal static string SilosOf(string directory) => Path.Combine(directory, ".silos");
}
