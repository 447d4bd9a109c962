namespace Evergrant.Fuzz.Tests;

/// <summary>Inputs that once did what none may do: NAME-HASH.bin in Findings.</summary>
internal static class Earlier
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Findings");

    /// <summary>Those of a parser.</summary>
    public static IReadOnlyList<byte[]> InputsOf(string name) => [.. Directory.GetFiles(Folder, name + "-????????????.bin").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Requests, of any endpoint: those whose name begins with a method.</summary>
    public static IReadOnlyList<byte[]> Requests => [.. Directory.GetFiles(Folder).Where(f => char.IsAsciiLetterUpper(Path.GetFileName(f)[0])).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
}
