namespace Evergrant.House.Tests;

/// <summary>Files written by this suite: compared, or rewritten under <c>./test --accept</c>.</summary>
internal static class Generated
{
    /// <summary>Faults of one generated file: none when it is as it should be, or has just been rewritten.</summary>
    public static IEnumerable<string> Faults(string file, string wanted)
    {
        string path = Tree.At(file);
        string written = File.Exists(path) ? File.ReadAllText(path) : "";
        if (written == wanted)
        {
            return [];
        }
        if (Tree.Accepting)
        {
            File.WriteAllText(path, wanted);
            return [];
        }
        return [$"{file} is stale (./test --accept rewrites it):", .. Difference(written, wanted)];
    }

    /// <summary>Lines only in the one (-) and only in the other (+), at most 30.</summary>
    public static IEnumerable<string> Difference(string written, string wanted)
    {
        string[] before = written.Split('\n');
        string[] after = wanted.Split('\n');
        return before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(30);
    }
}
