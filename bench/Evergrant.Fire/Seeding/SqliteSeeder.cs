using Evergrant.Protocol.Grants;
using Evergrant.Sqlite;

namespace Evergrant.Fire.Seeding;

/// <summary>Puts grants by the million into an embedded store that nobody has open: the store's own insert, without a sync for each.</summary>
internal static class SqliteSeeder
{
    private const int PerTransaction = 100_000;

    /// <summary>Inserts grants; the file is durable and in its usual mode when this returns.</summary>
    /// <param name="folder">The store's folder; it is made when it is not there.</param>
    /// <param name="grants">The rows, with ids that ascend.</param>
    /// <param name="cancellationToken">Ends the work; what was inserted stays.</param>
    /// <returns>How many were inserted.</returns>
    public static async Task<long> SeedAsync(string folder, IEnumerable<Grant> grants, CancellationToken cancellationToken)
    {
        // Makes the file and its tables, and proves that nobody has it.
        await using (SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder), cancellationToken)) { }
        string file = Path.Combine(folder, Database.FileName);
        Connection connection = Database.OpenWriter(file);
        using var tables = new Tables(connection);
        connection.Ask("pragma journal_mode = MEMORY");
        connection.Ask("pragma synchronous = OFF");
        // Rows come in no order of their people; the indexes stay in memory.
        connection.Ask($"pragma cache_size = -{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8 / 1024}");
        var transaction = new Transaction(connection);
        long inserted = 0;
        foreach (Grant[] some in grants.Chunk(PerTransaction))
        {
            cancellationToken.ThrowIfCancellationRequested();
            transaction.Begin();
            foreach (Grant grant in some)
            {
                if (!tables.Grants.Create(grant)) throw new InvalidOperationException($"The grant {grant.Id} is there already.");
            }
            transaction.Commit();
            inserted += some.Length;
        }
        connection.Ask("pragma synchronous = FULL");
        connection.Ask("pragma journal_mode = WAL");
        using FileStream all = File.Open(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        all.Flush(flushToDisk: true);
        return inserted;
    }
}
