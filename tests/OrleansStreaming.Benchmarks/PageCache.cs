namespace OrleansStreaming.Benchmarks;

/// <summary>
/// In a virtual machine a page that the host has yet to give, or has taken back, costs ten times a page that was freed a moment
/// ago (measured: 2.9 against 0.26 CPU seconds a GB of plain writes). That is the hypervisor's price, not the broker's, and it
/// falls on whoever writes first. So each run is preceded by a plain write of as much as it will write, whose pages are freed
/// right before it; what that plain write cost is told beside the figures, because hosts take pages back within a second.
/// </summary>
internal static class PageCache
{
    /// <returns>CPU seconds a GB of the plain write.</returns>
    public static double Warm(string folder, double mebibytes)
    {
        var path = Path.Combine(folder, $"ostream-warm-{Guid.NewGuid():N}");
        var block = new byte[1 << 20];
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var cpu = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < mebibytes; i++)
        {
            RandomAccess.Write(file, block, (long)i * block.Length);
        }

        return (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / (mebibytes * Measurement.MiB / 1e9);
    }
}
