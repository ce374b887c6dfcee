namespace OrleansStreaming.Processes.Tools;

/// <summary>
/// A program that a test needs. It is installed when it is missing and this machine lets us; otherwise the test is skipped, and
/// says why.
/// </summary>
public sealed class Tool
{
    public static readonly Tool Kcat = new(() => FromDebian("kcat", "kcat"));
    public static readonly Tool Librdkafka = new(NativeLibrary);
    public static readonly Tool KafkaJs = new(() => NodeModule("kafkajs", "2.2.4"));
    public static readonly Tool PlatformaticKafka = new(() => NodeModule("@platformatic/kafka", "1.35.0"));
    public static readonly Tool Sarama = new(GoPackage);
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

    private static async Task<string?> NodeModule(string name, string version)
    {
        Directory.CreateDirectory(Cache);
        if (!await Works("npm", "--version"))
        {
            await Install("npm");
        }

        // Loaded, not only looked for: what is there may be too new for this node.
        string[] probe = ["-e", "module.paths.unshift(process.argv[1]); require(process.argv[2])", Path.Combine(Cache, "node_modules"), name];
        if (await Works("node", probe))
        {
            return null;
        }

        await Works("npm", "install", "--prefix", Cache, "--no-audit", "--no-fund", "--loglevel", "error", $"{name}@{version}");
        return await Works("node", probe) ? null : $"SKIPPED: the npm package {name} could not be installed, or node is too old for it.";
    }

    /// <summary>Go's libraries come as sources, below one folder.</summary>
    private static async Task<string?> GoPackage()
    {
        if (!await IsThere())
        {
            await Install("golang-go");
            await Install("golang-github-shopify-sarama-dev");
        }

        return await IsThere() ? null : "SKIPPED: the Debian packages golang-go and golang-github-shopify-sarama-dev could not be installed.";

        static async Task<bool> IsThere() =>
            Directory.Exists("/usr/share/gocode/src/github.com/Shopify/sarama") && await Works("go", "version");
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
