using System.Text.Json.Nodes;

namespace Evergrant.Policies.Tests;

/// <summary>Policies in which every value of a knob meets every value of every other knob at least once (all-pairs), without those that no policy may have.</summary>
internal static class Pairwise
{
    private static readonly (string Knob, string[] Values)[] Domains =
    [
        ("type", ["web", "native", "browser"]),
        ("refresh_tokens", ["\"always\"", "\"offline_access\""]),
        ("access_token_format", ["\"opaque\"", "\"jwt\""]),
        ("access_token_lifetime", ["\"00:05:00\"", "\"02:00:00\""]),
        ("idle_lifetime", ["null", "\"7.00:00:00\"", "\"01:00:00\""]),
        ("idle_grace", ["\"00:00:00\"", "\"00:02:00\""]),
        ("absolute_lifetime", ["null", "\"10.00:00:00\""]),
        ("inherits_absolute_lifetime", ["true", "false"]),
        ("rotate", ["true", "false"]),
        ("predecessor", ["\"invalidated\"", "\"stays_valid\""]),
        ("retry", ["\"never\"", "\"00:00:30\"", "\"acknowledged\""]),
        ("retry_uses", ["null", "1"]),
        ("retry_budget", ["null", "3"]),
        ("retry_uncounted", ["null", "\"00:00:10\""]),
        ("echo_refresh_token", ["true", "false"]),
        ("public_without_rotation", ["false", "true"]),
        ("on_replay", ["\"revoke\"", "\"reject\"", "\"revoke_all\""]),
        ("replay_revokes_access_tokens", ["null", "true", "false"]),
        ("previous_access_token", ["\"keep\"", "\"revoke\"", "\"revoke_all\""]),
        ("on_reauthorize", ["\"keep\"", "\"revoke_all\"", "\"return_active\""]),
        ("limits", ["[]", """[{"subject":"family","per":["client","user"],"max":2,"overflow":"evict_oldest"}]""", """[{"subject":"refresh_token","per":["client","user","scope"],"max":2,"overflow":"reject"}]""",
            """[{"subject":"access_token","per":["refresh_token"],"max":2,"overflow":"evict_oldest"}]""", """[{"subject":"access_token","per":["refresh_token"],"max":3,"overflow":"reject"}]""",
            """[{"subject":"access_token","per":["refresh_token"],"max":2,"overflow":"evict_all_others"},{"subject":"family","per":["client","user"],"max":3,"overflow":"evict_all_others"}]""",
            """[{"subject":"access_token","per":["client","user"],"max":2,"overflow":"return_active"}]"""]),
        ("issue_rate", ["null", """{"max":3,"window":"01:00:00"}"""]),
        ("revoke_access_token", ["\"token\"", "\"family\"", "\"all\""]),
        ("revoke_refresh_token", ["\"family\"", "\"token\"", "\"all\""]),
        ("refresh_scope", ["\"reject\"", "\"ignore\""]),
    ];

    private static readonly List<int[]> Rows = Cover();

    public static IEnumerable<JsonObject> Policies() => Rows.Select((row, number) =>
    {
        var json = new JsonObject { ["name"] = $"pairs-{number:00}" };
        for (int i = 1; i < row.Length; i++) json[Domains[i].Knob] = JsonNode.Parse(Domains[i].Values[row[i]]);
        return json;
    });

    public static IEnumerable<Variant> Variants() => Rows.Select((row, number) =>
        new Variant($"pairs-{number:00}", Domains[0].Values[row[0]], "a b offline_access", new Dictionary<string, string>(), []));

    /// <summary>How many allowed pairs of values no row has.</summary>
    public static int Missing()
    {
        HashSet<(int, int, int, int)> left = Pairs();
        foreach (int[] row in Rows) Strike(left, row);
        return left.Count;
    }

    // Greedy and without chance: each row begins with the first pair that is missing and takes for every other knob the value that strikes most.
    private static List<int[]> Cover()
    {
        var rows = new List<int[]>();
        HashSet<(int, int, int, int)> left = Pairs();
        while (left.Count > 0)
        {
            (int knob, int value, int other, int otherValue) = left.Min();
            int[] row = [.. Enumerable.Repeat(-1, Domains.Length)];
            (row[knob], row[other]) = (value, otherValue);
            for (int i = 0; i < row.Length; i++)
            {
                if (row[i] >= 0) continue;
                row[i] = Enumerable.Range(0, Domains[i].Values.Length).Where(v => Fits(row, i, v)).MaxBy(v => row.Select((set, k) => set >= 0 && left.Contains(Ordered(k, set, i, v)) ? 1 : 0).Sum());
            }
            Strike(left, row);
            rows.Add(row);
        }
        return rows;
    }

    private static HashSet<(int, int, int, int)> Pairs()
    {
        var pairs = new HashSet<(int, int, int, int)>();
        for (int i = 0; i < Domains.Length; i++)
        {
            for (int j = i + 1; j < Domains.Length; j++)
            {
                for (int v = 0; v < Domains[i].Values.Length; v++)
                {
                    for (int w = 0; w < Domains[j].Values.Length; w++)
                    {
                        if (Allowed(i, v, j, w)) pairs.Add((i, v, j, w));
                    }
                }
            }
        }
        return pairs;
    }

    private static void Strike(HashSet<(int, int, int, int)> left, int[] row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            for (int j = i + 1; j < row.Length; j++) left.Remove((i, row[i], j, row[j]));
        }
    }

    private static bool Fits(int[] row, int knob, int value) => row.Select((set, k) => (set, k)).All(o => o.set < 0 || o.k == knob || Allowed(Ordered(o.k, o.set, knob, value)));

    private static (int, int, int, int) Ordered(int i, int v, int j, int w) => i < j ? (i, v, j, w) : (j, w, i, v);

    private static bool Allowed((int I, int V, int J, int W) pair) => Allowed(pair.I, pair.V, pair.J, pair.W);

    // What PolicyRules refuses.
    private static bool Allowed(int i, int v, int j, int w)
    {
        return !(Are("rotate", "false", "predecessor", "\"stays_valid\"") || Are("rotate", "false", "inherits_absolute_lifetime", "false") || Are("idle_lifetime", "null", "idle_grace", "\"00:02:00\"")
            || Are("previous_access_token", "\"revoke_all\"", "on_reauthorize", "\"keep\"") || Are("previous_access_token", "\"revoke_all\"", "on_reauthorize", "\"return_active\""));

        bool Are(string knob, string value, string other, string otherValue) => (Is(i, v, knob, value) && Is(j, w, other, otherValue)) || (Is(i, v, other, otherValue) && Is(j, w, knob, value));
    }

    private static bool Is(int knob, int value, string name, string text) => Domains[knob].Knob == name && Domains[knob].Values[value] == text;
}
