namespace Evergrant.Protocol.Storage;

/// <summary>One table of a store as it is, to be taken over by another store. All stores have the same tables and columns.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Names of its columns.</param>
/// <param name="Count">How many rows it has.</param>
/// <param name="Rows">Its rows, read while they are enumerated, once and before the next table's: values in the order of the columns, each long, string, byte[] or null.</param>
public sealed record StoredTable(string Name, IReadOnlyList<string> Columns, long Count, IEnumerable<IReadOnlyList<object?>> Rows);
