namespace Evergrant.Sqlite;

/// <summary>Where the embedded store is and how it is opened.</summary>
/// <param name="Folder">Folder of the store, on a local disk; made with mode 0700 when it is not there.</param>
public sealed record SqliteOptions(string Folder)
{
    /// <summary>Read-only connections; null takes one for each processor, two at least.</summary>
    public int? Readers { get; init; }

    /// <summary>Bytes in the write-ahead log from which on the writer moves them into the database; null lets it grow with the database.</summary>
    internal long? CheckpointAt { get; init; }
}
