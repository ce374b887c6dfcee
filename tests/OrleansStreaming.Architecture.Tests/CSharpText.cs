using System.Text;

namespace OrleansStreaming.Architecture.Tests;

/// <summary>Just enough of C#'s lexical rules to blank out comments and strings; line breaks stay where they are.</summary>
internal static class CSharpText
{
    public static string WithoutCommentsAndStrings(string text)
    {
        var code = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var end = EndOfBlank(text, at);
            if (end == at)
            {
                code.Append(text[at++]);
                continue;
            }

            for (; at < end; at++)
            {
                code.Append(text[at] == '\n' ? '\n' : ' ');
            }
        }

        return code.ToString();
    }

    private static int EndOfBlank(string text, int at)
    {
        var rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
        {
            return IndexOrEnd(text, "\n", at);
        }

        if (rest.StartsWith("/*"))
        {
            return Math.Min(text.Length, IndexOrEnd(text, "*/", at) + 2);
        }

        if (rest.StartsWith("\"\"\""))
        {
            var quotes = 3;
            while (at + quotes < text.Length && text[at + quotes] == '"')
            {
                quotes++;
            }

            return Math.Min(text.Length, IndexOrEnd(text, new string('"', quotes), at + quotes) + quotes);
        }

        if (rest[0] == '"')
        {
            var isVerbatim = at > 0 && (text[at - 1] == '@' || (at > 1 && text[at - 1] == '$' && text[at - 2] == '@'));
            return isVerbatim ? EndOfVerbatim(text, at + 1) : EndOfQuoted(text, at + 1, '"');
        }

        return rest[0] == '\'' ? EndOfQuoted(text, at + 1, '\'') : at;
    }

    private static int EndOfQuoted(string text, int at, char quote)
    {
        while (at < text.Length && text[at] != quote && text[at] != '\n')
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        return Math.Min(text.Length, at + 1);
    }

    private static int EndOfVerbatim(string text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] != '"')
            {
                at++;
            }
            else if (at + 1 < text.Length && text[at + 1] == '"')
            {
                at += 2;
            }
            else
            {
                return at + 1;
            }
        }

        return at;
    }

    private static int IndexOrEnd(string text, string what, int at) =>
        text.IndexOf(what, at, StringComparison.Ordinal) is var found && found < 0 ? text.Length : found;
}
