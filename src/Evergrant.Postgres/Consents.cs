using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of remembered consents.</summary>
internal static class Consents
{
    private const string FindSql =
        "select issuer, subject, client_id, scopes, resources, claims, given_at from consents where issuer = $1 and subject = $2 and client_id = $3";

    private const string ListSql =
        "select issuer, subject, client_id, scopes, resources, claims, given_at from consents where subject = $1 order by issuer, client_id";

    private const string SaveSql =
        "insert into consents (issuer, subject, client_id, scopes, resources, claims, given_at) values ($1, $2, $3, $4, $5, $6, $7) " +
        "on conflict (subject, issuer, client_id) do update set scopes = excluded.scopes, resources = excluded.resources, claims = excluded.claims, given_at = excluded.given_at";

    public static Statement Find(string issuer, string subject, string clientId) => new Statement(FindSql).Bind(issuer).Bind(subject).Bind(clientId);

    public static Statement List(string subject) => new Statement(ListSql).Bind(subject);

    public static Statement Save(Consent consent) => new Statement(SaveSql)
        .Bind(consent.Issuer).Bind(consent.Subject).Bind(consent.ClientId)
        .Bind(Lists.Write(consent.Scopes)).Bind(Lists.Write(consent.Resources)).Bind(Lists.Write(consent.Claims))
        .Bind(consent.GivenAt)
        .Always();

    public static Statement Remove(RemoveConsent change) =>
        new Statement("delete from consents where issuer = $1 and subject = $2 and client_id = $3").Bind(change.Issuer).Bind(change.Subject).Bind(change.ClientId);

    /// <summary>Removes what an account consented to.</summary>
    public static Statement RemoveOf(string subject) => new Statement("delete from consents where subject = $1").Bind(subject).Always();

    /// <summary>Removes what was consented to for a client, so that another client of that name does not inherit it.</summary>
    public static Statement RemoveFor(string issuer, string clientId) =>
        new Statement("delete from consents where issuer = $1 and client_id = $2").Bind(issuer).Bind(clientId).Always();

    public static Consent Map(Rows row) => new()
    {
        Issuer = row.Text(0),
        Subject = row.Text(1),
        ClientId = row.Text(2),
        Scopes = Lists.Read(row.Document(3)),
        Resources = Lists.Read(row.Document(4)),
        Claims = Lists.Read(row.Document(5)),
        GivenAt = row.Instant(6),
    };
}
