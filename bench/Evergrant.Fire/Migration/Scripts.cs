using System.Reflection;

namespace Evergrant.Fire.Migration;

/// <summary>The scripts that a store's assembly carries.</summary>
internal static class Scripts
{
    /// <summary>Their texts in the order in which they run.</summary>
    public static IReadOnlyList<string> Of(Assembly store) =>
        [.. store.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => Read(store, name))];

    /// <summary>The first statement of a script, without the comments before it; null when it does no harm to run it twice.</summary>
    public static string? FirstStatement(string script)
    {
        string first = string.Join('\n', script.Split('\n').Select(line => line.Split("--", 2)[0])).Split(';')[0];
        return first.Contains(" if not exists ", StringComparison.Ordinal) ? null : first;
    }

    private static string Read(Assembly store, string name)
    {
        using StreamReader reader = new(store.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
