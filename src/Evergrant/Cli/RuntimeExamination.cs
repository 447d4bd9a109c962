namespace Evergrant.Cli;

/// <summary>What the doctor says of the .NET runtime.</summary>
internal static class RuntimeExamination
{
    // Cookies and tokens of Data Protection could be forged before it. Evergrant uses none, so it starts all the same.
    private static readonly Version Mended = new(10, 0, 7);

    /// <summary>Looks.</summary>
    /// <param name="runtime">Version of the runtime.</param>
    public static IEnumerable<Finding> Of(Version runtime)
    {
        if (runtime < Mended) yield return new(Severity.Warning, "runtime", $".NET {runtime} has known flaws (in Data Protection, which Evergrant does not use, among others); install the newest 10.0");
    }
}
