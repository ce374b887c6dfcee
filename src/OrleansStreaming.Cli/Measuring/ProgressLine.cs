using System.Globalization;
using OrleansStreaming.Cli.Application;

namespace OrleansStreaming.Cli.Measuring;

/// <summary>One line on the error output that overwrites itself while a person waits; silent in a script. For one thread.</summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider time, long total)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    private readonly long _began = time.GetTimestamp();
    private long _last = time.GetTimestamp();
    private bool _isShown;

    /// <summary>Cheap enough for every record.</summary>
    public void Show(long done)
    {
        if (!terminal.IsInteractive || time.GetElapsedTime(_last) < _interval)
        {
            return;
        }

        _last = time.GetTimestamp();
        _isShown = true;
        var rate = done / Math.Max(time.GetElapsedTime(_began).TotalSeconds, 1e-3);
        terminal.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{done:N0} of {total:N0} records, {rate:N0}/s   "));
    }

    public void Clear()
    {
        if (_isShown)
        {
            terminal.Error.Write("\r" + new string(' ', 60) + "\r");
        }
    }
}
