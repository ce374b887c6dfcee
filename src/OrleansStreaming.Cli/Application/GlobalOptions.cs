using System.CommandLine;
using OrleansStreaming.Cli.Commands;
using OrleansStreaming.Cli.Kafka.Wire;
using OrleansStreaming.Cli.Output;

namespace OrleansStreaming.Cli.Application;

/// <summary>The options of every command.</summary>
/// <param name="environment">Environment variables by name.</param>
internal sealed class GlobalOptions(Func<string, string?> environment)
{
    private const string BootstrapVariable = "OSTREAM_BOOTSTRAP";
    private const string ClusterDirectoryVariable = "OSTREAM_CLUSTER_DIR";

    private readonly Option<string?> _bootstrap = new("--bootstrap", "-b")
    {
        HelpName = "HOST:PORT,...", Recursive = true, Description = $"Reach the cluster, any Kafka cluster, over its Kafka port. [{BootstrapVariable}]",
    };

    private readonly Option<string?> _clusterDirectory = new("--cluster-dir")
    {
        HelpName = "PATH", Recursive = true, Description = $"Reach the cluster with an Orleans client that finds it in its brokers' shared directory. [{ClusterDirectoryVariable}]",
    };

    private readonly ChoiceOption<OutputFormat> _output = new("--output", "-o")
    {
        HelpName = "table|json", Recursive = true, Description = "Tables for people or JSON for scripts. [default: table]",
    };

    private readonly Option<double> _timeout = new("--timeout")
    {
        HelpName = "SECONDS", Recursive = true, DefaultValueFactory = _ => 10, Description = "How long a call to the cluster may take.",
    };

    public void AddTo(Command root)
    {
        root.Options.Add(_bootstrap);
        root.Options.Add(_clusterDirectory);
        root.Options.Add(_output);
        root.Options.Add(_timeout);
    }

    public OutputFormat Output(ParseResult parsed) => parsed.GetValue(_output);

    /// <exception cref="UsageException">No cluster is named, two are, or the address is not one.</exception>
    public ClusterAddress Cluster(ParseResult parsed)
    {
        var bootstrap = parsed.GetValue(_bootstrap);
        var directory = parsed.GetValue(_clusterDirectory);
        if (bootstrap is not null && directory is not null)
        {
            throw new UsageException("--bootstrap and --cluster-dir are two ways to a cluster; name one.");
        }

        if (bootstrap is null && directory is null)
        {
            bootstrap = environment(BootstrapVariable);
            directory = bootstrap is null ? environment(ClusterDirectoryVariable) : null;
        }

        var seconds = parsed.GetValue(_timeout);
        if (!(seconds is > 0 and <= 3600))
        {
            throw new UsageException("--timeout is a number of seconds, above 0 and up to 3600.");
        }

        var timeout = TimeSpan.FromSeconds(seconds);
        if (directory is not null)
        {
            return new ClusterAddress(null, directory, timeout);
        }

        if (bootstrap is null)
        {
            throw new UsageException($"Which cluster? Name it with --bootstrap HOST:PORT or --cluster-dir PATH, or set {BootstrapVariable} or {ClusterDirectoryVariable}.");
        }

        return BrokerAddress.TryParseList(bootstrap, out var addresses)
            ? new ClusterAddress(addresses, null, timeout)
            : throw new UsageException($"--bootstrap: '{bootstrap}' is not HOST:PORT, or several with commas between.");
    }
}
