using System.Text;
using OrleansStreaming.Storage.Devices;

namespace OrleansStreaming.Storage.Directories;

/// <summary>
/// The file <c>.boot</c>: the run of the operating system in which the cluster was last told of this directory. What a process has
/// written outlives it in the page cache while that run goes on: a killed broker has lost nothing, one after a power cut may have.
/// </summary>
internal sealed class BootMark(IStorageDevice device, string directory)
{
    public const string FileName = ".boot";

    private readonly string _path = Path.Combine(directory, FileName);

    /// <summary>Whether the system has been running since <see cref="Write"/>; false when that cannot be said.</summary>
    public bool IsPresent() =>
        device.BootId is { } present && device.TryReadAllBytes(_path) is { } content && Encoding.ASCII.GetString(content) == present;

    public void Write()
    {
        if (device.BootId is { } present)
        {
            device.ReplaceAllBytes(_path, Encoding.ASCII.GetBytes(present));
        }
    }
}
