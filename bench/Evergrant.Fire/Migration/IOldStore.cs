using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Migration;

/// <summary>The store of one node, taken back to an older version of the tables: only the first scripts have run, and the rows that the node had written are in it. Each try gets a copy.</summary>
internal interface IOldStore : IAsyncDisposable
{
    /// <summary>Texts of the scripts; the newest version of the tables is their number.</summary>
    IReadOnlyList<string> Scripts { get; }

    /// <summary>The node.</summary>
    Cluster Cluster { get; }

    /// <summary>What can happen to the first start on the old store.</summary>
    IReadOnlyList<string> Misfortunes { get; }

    /// <summary>How many instants of a misfortune the last start has passed.</summary>
    int Passed { get; }

    /// <summary>Keeps what the node has written; it does not run any more.</summary>
    Task KeepAsync();

    /// <summary>Makes the old store.</summary>
    /// <param name="version">Number of scripts that have run.</param>
    Task MakeAsync(int version);

    /// <summary>Puts a copy of the old store where the node looks for its own.</summary>
    Task RenewAsync();

    /// <summary>Has the next start meet a misfortune.</summary>
    /// <param name="misfortune">One of <see cref="Misfortunes"/>.</param>
    /// <param name="instant">When, from 1 on; 0: never, the instants are only counted.</param>
    void Arm(string misfortune, int instant);

    /// <summary>All is well from now on.</summary>
    void Disarm();

    /// <summary>Changes the copy, which nobody has open, as a wrong migration would.</summary>
    Task ExecuteAsync(string sql);

    /// <summary>Compares the node's store with a new one and with the old one.</summary>
    /// <returns>What is missing, or otherwise than it should be.</returns>
    Task<IReadOnlyList<string>> CompareAsync();
}
