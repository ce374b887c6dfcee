namespace OrleansStreaming.Testing.Hosting;

/// <summary>Files of brokers that may have ended in the middle of a write.</summary>
internal static class TemporaryFiles
{
    private const int Tries = 20;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Deletes a folder; what a crashed broker was just writing may still appear in it, so this tries again for a second.</summary>
    public static async Task DeleteAsync(string folder, TimeProvider time)
    {
        for (var attempt = 1; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < Tries)
            {
                await Task.Delay(_pause, time);
            }
        }
    }
}
