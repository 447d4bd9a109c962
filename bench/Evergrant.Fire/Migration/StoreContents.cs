namespace Evergrant.Fire.Migration;

/// <summary>Tables of a store with their columns and rows, each row as one text of the columns that the old version had.</summary>
internal sealed record StoreContents(IReadOnlyDictionary<string, IReadOnlyList<string>> Columns, IReadOnlyDictionary<string, IReadOnlySet<string>> Rows)
{
    // The program that starts writes here by itself: its demo clients and people, and what it tells other nodes.
    private static readonly HashSet<string> Own = ["root_keys", "root_key_holders", "evergrant_versions", "clock"];

    /// <summary>Reads the rows of tables.</summary>
    /// <param name="columns">Tables with the columns that are looked at.</param>
    /// <param name="read">Reads the rows of one.</param>
    public static async Task<StoreContents> ReadAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> columns, Func<string, IReadOnlyList<string>, Task<string>> read)
    {
        Dictionary<string, IReadOnlySet<string>> rows = [];
        foreach ((string table, IReadOnlyList<string> names) in columns.Where(c => !Own.Contains(c.Key)))
        {
            rows[table] = new HashSet<string>((await read(table, names)).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        return new(columns, rows);
    }

    /// <summary>Rows that are here and not there.</summary>
    public IReadOnlyList<string> MissingIn(StoreContents other) =>
        [.. Rows.SelectMany(table => table.Value.Except(other.Rows[table.Key]).Select(_ => table.Key)).GroupBy(t => t).Select(t => $"I1: {t.Count()} rows of {t.Key} are not there any more, or changed")];
}
