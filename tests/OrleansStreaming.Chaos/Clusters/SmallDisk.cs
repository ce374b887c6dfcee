using System.Globalization;
using OrleansStreaming.Processes.Tools;

namespace OrleansStreaming.Chaos.Clusters;

/// <summary>A disk of a few megabytes under a folder, which really is full when it is full. Only Linux lets its root have one.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing { get; } = OperatingSystem.IsLinux() && Environment.UserName == "root" && CanMount()
        ? null
        : "A small disk can only be had by root on Linux, where it may mount one.";

    public static async Task<SmallDisk> MountAsync(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        (await Command.RunAsync("mount", "-t", "tmpfs", "-o", Size(megabytes), "tmpfs", folder)).Succeeded();
        return new SmallDisk(folder);
    }

    /// <summary>Not one more block fits.</summary>
    public void Fill()
    {
        using var file = File.Create(Path.Combine(_folder, "filler.tmp"), bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>It gets larger, and keeps what is on it.</summary>
    public async Task GrowAsync(int megabytes) =>
        (await Command.RunAsync("mount", "-o", $"remount,{Size(megabytes)}", _folder)).Succeeded();

    public async ValueTask DisposeAsync() => (await Command.RunAsync("umount", "-l", _folder)).Succeeded();

    private static string Size(int megabytes) => string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");

    private static bool CanMount()
    {
        var folder = Directory.CreateTempSubdirectory("small-disk");
        try
        {
            Task.Run(async () => await (await MountAsync(folder.FullName, 1)).DisposeAsync()).Wait();
            return true;
        }
        catch (AggregateException)
        {
            return false;
        }
        finally
        {
            folder.Delete();
        }
    }
}
