using System.Diagnostics;
using System.Globalization;

namespace Evergrant.Faults.Hooks;

/// <summary>Places at which the process can kill itself.</summary>
internal enum FailpointPlace
{
    None,

    /// <summary>A refresh has been decided, nothing is written.</summary>
    BeforeCommit,

    /// <summary>The refresh is durable, nothing is answered.</summary>
    AfterCommit,

    /// <summary>The answer is made, no byte of it is sent.</summary>
    BeforeSend,

    /// <summary>The answer has been given to the kernel.</summary>
    AfterSend,
}

/// <summary>Kills this process, as SIGKILL does, at a place that was passed a number of times.</summary>
internal sealed class Failpoint(FailpointPlace place, int count)
{
    private int _left = count;

    /// <summary>Reads place:count, e.g. after-commit:37; null is none.</summary>
    /// <exception cref="ArgumentException">It is not of this form.</exception>
    public static Failpoint Read(string? text)
    {
        if (string.IsNullOrEmpty(text)) return new Failpoint(FailpointPlace.None, 0);
        string[] parts = text.Split(':');
        return parts.Length == 2 && Enum.TryParse(parts[0].Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out FailpointPlace place) && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int count)
            ? new Failpoint(place, count)
            : throw new ArgumentException($"'{text}' is no failpoint: PLACE:COUNT");
    }

    /// <summary>Passes a place; does not return when it is the one and the time has come.</summary>
    public void Pass(FailpointPlace at)
    {
        if (at != place || Interlocked.Decrement(ref _left) != 0) return;
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
