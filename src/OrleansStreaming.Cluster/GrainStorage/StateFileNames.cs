using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansStreaming.Cluster.GrainStorage;

/// <summary>
/// Folder names from grain keys: different keys get different names on every file system, case-blind ones too, and no key can
/// name a path.
/// </summary>
internal static class StateFileNames
{
    /// <summary>File systems allow 255 bytes; the state's name, the suffixes and a temporary name still have to fit.</summary>
    private const int MaxEscapedLength = 150;

    public static string Of(string key, string stateName) => $"{Escape(key)}.{Escape(stateName)}";

    /// <summary>Lower-case letters, digits, '-' and '_' stay; other bytes become %XX; what is too long is cut and gets its hash.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterLower((char)value) || char.IsAsciiDigit((char)value) || (char)value is '-' or '_')
            {
                escaped.Append((char)value);
            }
            else
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }

        return escaped.Length <= MaxEscapedLength
            ? escaped.ToString()
            : $"{escaped.ToString(0, MaxEscapedLength - 65)}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
    }
}
