namespace Evergrant.Cli;

/// <summary>Exit codes of every command (docs/operations/configuration.md).</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Refused, or not found.</summary>
    public const int Refused = 1;

    /// <summary>Arguments or settings cannot be used.</summary>
    public const int Unusable = 2;

    /// <summary>The store cannot be opened or asked.</summary>
    public const int StoreUnavailable = 3;

    /// <summary>The program is at fault.</summary>
    public const int ProgramFault = 4;
}
