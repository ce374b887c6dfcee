namespace OrleansStreaming.Cli.Application;

/// <summary>How the tool ends; part of its interface to scripts.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int BadUsage = 2;
    public const int Unreachable = 3;
    public const int Interrupted = 130;

    /// <summary>For help texts.</summary>
    public const string Meaning = "Exit codes: 0 done, 1 refused by the cluster, 2 bad usage, 3 the cluster cannot be reached, 130 interrupted.";
}
