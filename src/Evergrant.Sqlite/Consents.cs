using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of remembered consents.</summary>
internal sealed class Consents(Connection connection)
{
    private readonly Statement _find = new(connection,
        "select issuer, subject, client_id, scopes, resources, claims, given_at from consents where issuer = ?1 and subject = ?2 and client_id = ?3");

    private readonly Statement _list = new(connection,
        "select issuer, subject, client_id, scopes, resources, claims, given_at from consents where subject = ?1 order by issuer, client_id");

    private readonly Statement _save = new(connection,
        "insert into consents (issuer, subject, client_id, scopes, resources, claims, given_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7) " +
        "on conflict (subject, issuer, client_id) do update set scopes = excluded.scopes, resources = excluded.resources, claims = excluded.claims, given_at = excluded.given_at");

    private readonly Statement _remove = new(connection, "delete from consents where issuer = ?1 and subject = ?2 and client_id = ?3");

    private readonly Statement _removeOf = new(connection, "delete from consents where subject = ?1");

    private readonly Statement _removeFor = new(connection, "delete from consents where issuer = ?1 and client_id = ?2");

    public Consent? Find(string issuer, string subject, string clientId)
    {
        using Rows rows = _find.Bind(1, issuer).Bind(2, subject).Bind(3, clientId).Query();
        return rows.Next() ? Map(rows) : null;
    }

    public List<Consent> List(string subject)
    {
        using Rows rows = _list.Bind(1, subject).Query();
        List<Consent> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    public void Save(Consent consent) => _save
        .Bind(1, consent.Issuer).Bind(2, consent.Subject).Bind(3, consent.ClientId)
        .BindText(4, Lists.Write(consent.Scopes)).BindText(5, Lists.Write(consent.Resources)).BindText(6, Lists.Write(consent.Claims))
        .Bind(7, consent.GivenAt)
        .Run();

    public bool Remove(RemoveConsent change) => _remove.Bind(1, change.Issuer).Bind(2, change.Subject).Bind(3, change.ClientId).RunAny();

    /// <summary>Removes what an account consented to.</summary>
    public void RemoveOf(string subject) => _removeOf.Bind(1, subject).Run();

    /// <summary>Removes what was consented to for a client, so that another client of that name does not inherit it.</summary>
    public void RemoveFor(string issuer, string clientId) => _removeFor.Bind(1, issuer).Bind(2, clientId).Run();

    private static Consent Map(Rows row) => new()
    {
        Issuer = row.Text(0),
        Subject = row.Text(1),
        ClientId = row.Text(2),
        Scopes = Lists.Read(row.Span(3)),
        Resources = Lists.Read(row.Span(4)),
        Claims = Lists.Read(row.Span(5)),
        GivenAt = row.Instant(6),
    };
}
