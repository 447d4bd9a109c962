using Evergrant.Protocol.Storage;

namespace Evergrant.Cli;

/// <summary>One command as it is carried out.</summary>
/// <param name="On">What it works with.</param>
/// <param name="Out">Its output.</param>
/// <param name="Error">What goes wrong.</param>
/// <param name="Input">What was given on standard input or in a file; null for nothing.</param>
/// <param name="Folder">Folder in which it was given.</param>
/// <param name="Width">Columns of the terminal; 0 when there is none.</param>
/// <param name="Actor">Who gave it.</param>
internal sealed record Invocation(Operations On, TextWriter Out, TextWriter Error, string? Input, string Folder, int Width, string Actor)
{
    /// <summary>Takes down what the command changes; null in one that changes nothing.</summary>
    public AuditTrail? Trail { get; init; }

    /// <summary>The same, in a command that is carried out as a change.</summary>
    public AuditTrail Changes => Trail ?? throw new InvalidOperationException("A command that changes something runs as a change.");

    /// <summary>Says why not, and gives the exit code.</summary>
    public int Refuse(string why)
    {
        Say(why);
        return ExitCode.Refused;
    }

    /// <summary>Says what cannot be used, and gives the exit code.</summary>
    public int Unusable(string why)
    {
        Say(why);
        return ExitCode.Unusable;
    }

    /// <summary>The issuer that is meant: the one named, or the server's first.</summary>
    /// <returns>Null, with the fault said, when there is no such issuer.</returns>
    public string? Issuer(string? named)
    {
        if (named is null) return On.Settings.Issuers[0];
        if (On.Settings.Issuers.Contains(named)) return named;
        Say($"{named} is not an issuer of this server; it has {string.Join(", ", On.Settings.Issuers)}");
        return null;
    }

    /// <summary>Why a commit did not hold; null when it did.</summary>
    public static string? FaultOf(CommitResult result) => result switch
    {
        CommitResult.Committed => null,
        CommitResult.Conflict => "it was otherwise by then",
        _ => "it is not certain whether the change was written",
    };

    /// <summary>Says what a commit that did not hold means.</summary>
    public int Outcome(CommitResult result, string conflict) => result switch
    {
        CommitResult.Committed => ExitCode.Done,
        CommitResult.Conflict => Refuse(conflict),
        _ => throw new StoreUnavailableException("It is not certain whether the change was written. Look, and ask again."),
    };

    /// <summary>An instant as people read it.</summary>
    public static string At(DateTimeOffset? at) => at is { } instant ? instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : "";

    private void Say(string why)
    {
        Error.WriteLine("evergrant: " + why);
        Trail?.Why = why;
    }
}
