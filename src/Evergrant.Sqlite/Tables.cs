namespace Evergrant.Sqlite;

/// <summary>All tables as seen through one connection, with the statements prepared on it.</summary>
internal sealed class Tables(Connection connection) : IDisposable
{
    public Connection Connection { get; } = connection;

    public Grants Grants { get; } = new(connection);

    public Sessions Sessions { get; } = new(connection);

    public Consents Consents { get; } = new(connection);

    public Events Events { get; } = new(connection);

    public Denials Denials { get; } = new(connection);

    public Assertions Assertions { get; } = new(connection);

    public Handles Handles { get; } = new(connection);

    public Deliveries Deliveries { get; } = new(connection);

    public Audit Audit { get; } = new(connection);

    public Clients Clients { get; } = new(connection);

    public Resources Resources { get; } = new(connection);

    public Scopes Scopes { get; } = new(connection);

    public Policies Policies { get; } = new(connection);

    public TrustedIssuers TrustedIssuers { get; } = new(connection);

    public Keys Keys { get; } = new(connection);

    public Clock Clock { get; } = new(connection);

    public RootKeys RootKeys { get; } = new(connection);

    public Secrets Secrets { get; } = new(connection);

    public Accounts Accounts { get; } = new(connection);

    public void Dispose() => Connection.Dispose();
}
