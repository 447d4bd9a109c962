using System.Globalization;

namespace Evergrant.Hosting;

/// <summary>How many files and connections the operating system lets this process have open. A runtime that cannot open one more may end the process ("Out of memory"), so clients never get the last ones.</summary>
internal static class Descriptors
{
    private const string Own = "/proc/self/limits";

    // The runtime holds every library open that it has loaded, two hundred and some; then there are the database and its log. A pool of connections to PostgreSQL comes to that. Fewer clients than the least are no server.
    private const int OfProgram = 320, OfPool = 128, Least = 32;

    /// <summary>Connections that clients may have at a time; null where the operating system does not tell or sets no limit.</summary>
    /// <param name="pool">Whether the store is PostgreSQL.</param>
    /// <exception cref="UnusableException">There are too few: sooner or later the runtime would end the process.</exception>
    public static long? ForClients(bool pool) => File.Exists(Own) ? ForClients(File.ReadAllText(Own), pool) : null;

    /// <summary>The same by the text of <c>/proc/PID/limits</c>.</summary>
    /// <param name="limits">The text.</param>
    /// <param name="pool">Whether the store is PostgreSQL.</param>
    /// <exception cref="UnusableException">There are too few.</exception>
    public static long? ForClients(string limits, bool pool)
    {
        string[] words = limits.Split('\n').FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length < 4 || !long.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out long limit)) return null;
        int own = OfProgram + (pool ? OfPool : 0);
        return limit >= own + Least ? limit - own : throw new UnusableException($"the operating system lets this process have {limit} files and connections open; it needs {own + Least} at least: raise the limit (ulimit -n, LimitNOFILE=)");
    }
}
