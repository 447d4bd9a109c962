using System.Globalization;
using Evergrant.Protocol.Storage;
using Npgsql;

namespace Evergrant.Postgres;

/// <summary>What a new connection's session is told, so that a role's or a database's own defaults do not hold, and what is read back, so that what the server does not promise is found before anything is written.
/// One question for all of it. It is no start-up option: poolers and proxies refuse those.</summary>
internal sealed class SessionSettings
{
    private readonly string _sql;
    private readonly List<(string Name, string Value)> _demanded;

    private SessionSettings(IEnumerable<(string Name, string Value)> set, IReadOnlyList<(string Name, string Value)> demanded)
    {
        _demanded = [.. demanded];
        string[] asked =
        [
            .. demanded.Select(d => set.Contains(d) ? $"set_config('{d.Name}', '{d.Value}', false)" : $"current_setting('{d.Name}')"),
            .. set.Except(demanded).Select(s => $"set_config('{s.Name}', '{s.Value}', false)"),
        ];
        _sql = "select " + string.Join(", ", asked);
    }

    /// <summary>Those of the store: synchronous_commit and fsync, so that committed means on the disk (and on the standby that fail-over would take). A wait for a lock ends before the deadline, and is then known to
    /// have changed nothing.</summary>
    /// <param name="seconds">The deadline.</param>
    public static SessionSettings OfStore(int seconds) => new(
        [("synchronous_commit", "on"), ("default_transaction_isolation", "read committed"), ("lock_timeout", Number(seconds * 750)), ("idle_in_transaction_session_timeout", Number(seconds * 5000))],
        [
            ("synchronous_commit", "on"), ("fsync", "on"), ("default_transaction_isolation", "read committed"), ("transaction_read_only", "off"), ("standard_conforming_strings", "on"),
            ("server_encoding", "UTF8"),
        ]);

    /// <summary>Those of one long piece of work.</summary>
    /// <param name="set">What is set beside synchronous_commit.</param>
    public static SessionSettings OfWork(params IEnumerable<(string Name, string Value)> set) => new([("synchronous_commit", "on"), .. set], []);

    /// <summary>Tells and asks.</summary>
    /// <exception cref="StoreUnavailableException">The server does not promise what is needed.</exception>
    public void Apply(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = new(_sql, connection);
        using NpgsqlDataReader reader = command.ExecuteReader();
        reader.Read();
        Compare(reader);
    }

    /// <inheritdoc cref="Apply"/>
    public async Task ApplyAsync(NpgsqlConnection connection)
    {
        await using NpgsqlCommand command = new(_sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        Compare(reader);
    }

    private void Compare(NpgsqlDataReader reader)
    {
        for (int i = 0; i < _demanded.Count; i++)
        {
            if (reader.GetString(i) is var found && found != _demanded[i].Value)
                throw new StoreUnavailableException($"PostgreSQL has {_demanded[i].Name} = {found} where {_demanded[i].Value} is needed; the store would not keep its promises.");
        }
    }

    private static string Number(int milliseconds) => milliseconds.ToString(CultureInfo.InvariantCulture);
}
