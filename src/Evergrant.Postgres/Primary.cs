using Npgsql;

namespace Evergrant.Postgres;

/// <summary>Connections to the primary, wherever it is: of one host, or of several of which one is the primary at a time.</summary>
/// <remarks>Safe for concurrent use. One host needs no search, and none of the driver's notes about hosts that are down: the check of each connection suffices.</remarks>
internal sealed class Primary : IAsyncDisposable
{
    private readonly NpgsqlMultiHostDataSource? _hosts;
    private readonly NpgsqlDataSource _source;

    /// <summary>Connects to nobody yet.</summary>
    /// <param name="settings">The connection string.</param>
    /// <param name="session">What each connection is told and asked.</param>
    public Primary(NpgsqlConnectionStringBuilder settings, SessionSettings session)
    {
        bool several = settings.Host?.Contains(',') == true;
        settings.Remove("Target Session Attributes");
        NpgsqlDataSourceBuilder builder = new(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(session.Apply, session.ApplyAsync);
        if (several) _hosts = builder.BuildMultiHost();
        _source = _hosts?.WithTargetSession(TargetSessionAttributes.Primary) ?? builder.Build();
    }

    /// <summary>Takes a connection to the primary. When there is none, the next one who asks looks at all hosts again, also those that were down or standbys a moment ago.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellationToken);
        }
        catch
        {
            _hosts?.ClearDatabaseStates();
            throw;
        }
    }

    /// <summary>Closes what lies in the pool, and what is in use when it comes back.</summary>
    public void Forget() => _source.Clear();

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        if (_hosts is not null) await _hosts.DisposeAsync();
    }
}
