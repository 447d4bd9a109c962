using System.Text;

namespace Evergrant.House.Tests;

/// <summary>Looks at C# source without a compiler.</summary>
internal static class SourceText
{
    /// <summary>The source with comments gone and strings empty, line for line: what is left is code.</summary>
    public static string CodeOnly(string source)
    {
        var code = new StringBuilder(source.Length);
        for (int i = 0; i < source.Length;)
        {
            int end = EndOfQuiet(source, i);
            if (end == i)
            {
                code.Append(source[i++]);
                continue;
            }
            // Line ends stay, so that line numbers do.
            code.Append('\n', source.AsSpan(i, end - i).Count('\n'));
            if (source[i] is not '/')
            {
                code.Append("\"\"");
            }
            i = end;
        }
        return code.ToString();
    }

    /// <summary>Where the comment, string or character that begins at <paramref name="i"/> ends; <paramref name="i"/> itself when none begins there.</summary>
    private static int EndOfQuiet(string s, int i)
    {
        if (Starts(s, i, "//"))
        {
            return IndexOrEnd(s, "\n", i);
        }
        if (Starts(s, i, "/*"))
        {
            return After(s, "*/", i + 2);
        }
        if (s[i] == '\'')
        {
            return Starts(s, i + 1, "\\") ? After(s, "'", i + 3) : After(s, "'", i + 2);
        }
        int quote = i;
        while (quote < s.Length && s[quote] is '$' or '@')
        {
            quote++;
        }
        if (quote >= s.Length || s[quote] != '"')
        {
            return i;
        }
        if (Starts(s, quote, "\"\"\""))
        {
            int quotes = s.AsSpan(quote).IndexOfAnyExcept('"');
            return After(s, new string('"', quotes), quote + quotes);
        }
        return s.AsSpan(i, quote - i).Contains('@') ? EndOfVerbatim(s, quote + 1) : EndOfRegular(s, quote + 1, s.AsSpan(i, quote - i).Contains('$'));
    }

    private static int EndOfVerbatim(string s, int i)
    {
        while (i < s.Length)
        {
            if (s[i] != '"')
            {
                i++;
            }
            else if (Starts(s, i + 1, "\""))
            {
                i += 2;
            }
            else
            {
                return i + 1;
            }
        }
        return s.Length;
    }

    // The holes of an interpolated string may hold strings of their own.
    private static int EndOfRegular(string s, int i, bool interpolated)
    {
        int depth = 0;
        while (i < s.Length)
        {
            if (depth == 0 && s[i] == '\\')
            {
                i += 2;
            }
            else if (interpolated && s[i] == '{')
            {
                bool literal = depth == 0 && Starts(s, i + 1, "{");
                depth += literal ? 0 : 1;
                i += literal ? 2 : 1;
            }
            else if (depth > 0 && s[i] == '}')
            {
                depth--;
                i++;
            }
            else if (depth > 0 && EndOfQuiet(s, i) is int end && end > i)
            {
                i = end;
            }
            else if (depth == 0 && s[i] == '"')
            {
                return i + 1;
            }
            else
            {
                i++;
            }
        }
        return s.Length;
    }

    private static bool Starts(string s, int i, string what) => i < s.Length && string.CompareOrdinal(s, i, what, 0, what.Length) == 0;

    private static int IndexOrEnd(string s, string what, int from) =>
        from >= s.Length ? s.Length : s.IndexOf(what, from, StringComparison.Ordinal) is >= 0 and int at ? at : s.Length;

    private static int After(string s, string what, int from) => Math.Min(s.Length, IndexOrEnd(s, what, from) + what.Length);
}
