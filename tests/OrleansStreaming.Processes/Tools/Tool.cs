namespace OrleansStreaming.Processes.Tools;

/// <summary>
/// A program that a test needs. It is installed when it is missing and this machine lets us; otherwise the test is skipped, and
/// says why.
/// </summary>
public sealed class Tool
{
    public static readonly Tool Kcat = new(() => FromDebian("kcat", "kcat"));
    public static readonly Tool Librdkafka = new(NativeLibrary);
    public static readonly Tool KafkaJs = new(NodeModule);
    public static readonly Tool KafkaPython = new(PythonModule);

    private readonly Lazy<string?> _missing;

    private Tool(Func<Task<string?>> install) => _missing = new Lazy<string?>(() => Task.Run(install).Result);

    /// <summary>Null when it is there, else why not.</summary>
    public string? Missing => _missing.Value;

    /// <summary>Where the packages of other languages are kept between runs.</summary>
    public static string Cache { get; } = Path.Combine(Repository.Root, "artifacts", "interop");

    private static async Task<string?> FromDebian(string command, string package)
    {
        if (await Works(command, "-V"))
        {
            return null;
        }

        await Install(package);
        return await Works(command, "-V") ? null : $"SKIPPED: {command} is not installed and the Debian package {package} could not be.";
    }

    /// <summary>The shared library under its development name, as .NET looks for it.</summary>
    private static async Task<string?> NativeLibrary()
    {
        if (IsLoadable())
        {
            return null;
        }

        await Install("librdkafka-dev");
        return IsLoadable() ? null : "SKIPPED: librdkafka is not installed and the Debian package librdkafka-dev could not be.";

        static bool IsLoadable() => System.Runtime.InteropServices.NativeLibrary.TryLoad("librdkafka.so", out _);
    }

    private static async Task<string?> PythonModule()
    {
        string[] probe = ["-c", "import kafka"];
        if (await Works("/usr/bin/python3", probe))
        {
            return null;
        }

        await Install("python3-kafka");
        return await Works("/usr/bin/python3", probe) ? null : "SKIPPED: the Debian package python3-kafka could not be installed.";
    }

    private static async Task<string?> NodeModule()
    {
        Directory.CreateDirectory(Cache);
        if (!await Works("npm", "--version"))
        {
            await Install("npm");
        }

        return Directory.Exists(Path.Combine(Cache, "node_modules", "kafkajs")) ||
            await Works("npm", "install", "--prefix", Cache, "--no-audit", "--no-fund", "--loglevel", "error", "kafkajs@2.2.4")
            ? null
            : "SKIPPED: the npm package kafkajs could not be installed.";
    }

    private static async Task Install(string package)
    {
        if (Environment.UserName != "root")
        {
            return;
        }

        await Works("apt-get", "update", "-q");
        await Works("apt-get", "install", "-y", "-q", "--no-install-recommends", package);
    }

    private static async Task<bool> Works(string program, params string[] arguments)
    {
        try
        {
            var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
            var result = await Command.RunAsync(program, arguments, null, environment, TimeSpan.FromMinutes(3));
            return result.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
