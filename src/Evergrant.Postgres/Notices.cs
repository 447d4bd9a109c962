namespace Evergrant.Postgres;

/// <summary>What nodes tell one another when they have changed what all of them keep in memory (LISTEN and NOTIFY). The server passes it on when the change is committed, and only then.</summary>
internal static class Notices
{
    /// <summary>The channel; it belongs to the database.</summary>
    public const string Channel = "evergrant";

    /// <summary>Clients, resources or scopes.</summary>
    public const string Clients = "clients";

    /// <summary>Signing keys.</summary>
    public const string Keys = "keys";

    /// <summary>Tells, in the transaction of the change.</summary>
    public static Statement Tell(string what) => new Statement($"select pg_notify('{Channel}', $1)").Bind(what).Always();
}
