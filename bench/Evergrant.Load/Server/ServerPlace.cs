namespace Evergrant.Load.Server;

/// <summary>Where a server is started and on what.</summary>
internal sealed record ServerPlace
{
    /// <summary>Its data folder, which is kept; null for a new one that is removed.</summary>
    public string? Folder { get; init; }

    /// <summary>Its port; null for a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Connection string of its database; null for a file in the folder.</summary>
    public string? Postgres { get; init; }

    /// <summary>The node that was there first: the new one has its issuer, its root key and its demo people. Null for the first.</summary>
    public ServerRun? Beside { get; init; }

    /// <summary>Its cores, as taskset takes them.</summary>
    public string Cores { get; init; } = Core.Measured;

    /// <summary>The command line of a server in development mode.</summary>
    /// <param name="port">Its port.</param>
    /// <param name="folder">Its data folder.</param>
    public IEnumerable<string> Arguments(int port, string folder) =>
    [
        "start", "--urls", $"http://localhost:{port}", "--data", folder,
        .. Postgres is null ? [] : new[] { "--postgres", Postgres },
        .. Beside is null ? [] : new[] { "--issuer", Beside.Issuer.GetLeftPart(UriPartial.Authority) },
    ];
}
