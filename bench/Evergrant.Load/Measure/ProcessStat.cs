using System.Globalization;

namespace Evergrant.Load.Measure;

/// <summary>What a line of /proc/PID/stat says of processor time (proc(5)).</summary>
/// <param name="Parent">Id of the parent.</param>
/// <param name="Own">User and system time of all its threads.</param>
/// <param name="OfEnded">The same of its children that have ended and been waited for, and of theirs.</param>
internal readonly record struct ProcessStat(int Parent, TimeSpan Own, TimeSpan OfEnded)
{
    /// <summary>Clock ticks per second of /proc/PID/stat: 100 on every Linux that .NET runs on (sysconf(_SC_CLK_TCK)).</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Reads the line of a process.</summary>
    /// <returns>Null when there is no such process any more.</returns>
    public static ProcessStat? Of(int pid)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{pid}/stat"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads a line. The name of the program, in brackets, may hold anything, brackets and spaces too.</summary>
    public static ProcessStat Parse(string line)
    {
        // After the name: state (field 3), parent (4) …, utime (14), stime (15), cutime (16), cstime (17).
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessStat(int.Parse(fields[1], CultureInfo.InvariantCulture), Time(11) + Time(12), Time(13) + Time(14));

        TimeSpan Time(int field) => TimeSpan.FromSeconds(long.Parse(fields[field], CultureInfo.InvariantCulture) / TicksPerSecond);
    }
}
