using System.Globalization;

namespace OrleansStreaming.Storage.Segments;

/// <summary>The names of the files in a replica's folder: a base offset in twenty digits and what the file is.</summary>
internal static class SegmentFiles
{
    public const string Log = ".log";
    public const string OffsetIndex = ".index";
    public const string TimeIndex = ".timeindex";
    public const string TransactionIndex = ".txnindex";
    public const string ProducerSnapshot = ".snapshot";

    /// <summary>Added to the name of a file that nobody may find any more, until it is removed.</summary>
    public const string Deleted = ".deleted";

    private const int OffsetDigits = 20;

    public static string PathOf(string directory, long baseOffset, string suffix) =>
        Path.Combine(directory, baseOffset.ToString("D20", CultureInfo.InvariantCulture) + suffix);

    /// <summary>The base offset in the name of a file with that suffix.</summary>
    public static bool TryParse(string path, string suffix, out long baseOffset)
    {
        baseOffset = 0;
        var name = Path.GetFileName(path.AsSpan());
        return name.Length == OffsetDigits + suffix.Length
            && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name[..OffsetDigits], NumberStyles.None, CultureInfo.InvariantCulture, out baseOffset);
    }
}
