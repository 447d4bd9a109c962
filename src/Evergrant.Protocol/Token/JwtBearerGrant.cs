using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Protocol.Token;

/// <summary>The JWT bearer grant (RFC 7521 section 4.1, RFC 7523): somebody who is trusted vouches for a subject. No refresh token comes of it whatever is asked.</summary>
public static class JwtBearerGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    // A token of a second or two is of no use to anybody; a minute is no significant excess (RFC 7521 section 4.1).
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);

    private static readonly OAuthError Invalid = OAuthError.InvalidGrant("The assertion is not valid.", Refusal.AssertionInvalid);
    private static readonly OAuthError Stranger = Invalid with { Refusal = Refusal.AssertionIssuerUntrusted };
    private static readonly OAuthError Expired = Invalid with { Refusal = Refusal.AssertionExpired };
    private static readonly OAuthError NotForUs = Invalid with { Refusal = Refusal.AssertionAudienceWrong };
    private static readonly OAuthError NotForClient = Invalid with { Refusal = Refusal.AssertionClientNotAllowed };
    private static readonly OAuthError Nobody = Invalid with { Refusal = Refusal.AssertionSubjectUnknown };

    /// <summary>Judges an assertion (RFC 7523 section 3).</summary>
    /// <param name="assertion">What was presented.</param>
    /// <param name="trusted">Whoever it says has issued it, if they are trusted; null when they are not.</param>
    /// <param name="keys">Their keys; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="tokenEndpoint">URL of the token endpoint, which an assertion may name instead (RFC 7523bis section 4).</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="judged">The assertion.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(
        string assertion, TrustedIssuer? trusted, JwkSet? keys, string issuer, string tokenEndpoint, Client client, DateTimeOffset now, out GrantAssertion? judged)
    {
        judged = null;
        if (trusted is null || !trusted.Uses.Contains(AssertionUse.JwtBearer)) return Stranger;
        // Before anything is told of the assertion: a client that may not use it learns nothing about it.
        if (MayNotUse(trusted, client)) return NotForClient;
        if (keys is null) return Invalid;
        JwtVerdict<GrantAssertion> verdict = GrantAssertion.Judge(
            assertion, keys, trusted.Name, [issuer, tokenEndpoint, .. trusted.Audiences], soleAudience: !client.LegacyAssertionAudience, null, trusted.MaximumLifetime, now);
        if (!verdict.Holds) return ErrorOf(verdict.Fault);
        // RFC 7523 section 3, item 6: one that is unreasonably old may be refused.
        if (trusted.MaximumAge is { } age && !(verdict.Value!.IssuedAt >= now - age)) return Expired;
        judged = verdict.Value;
        return null;
    }

    /// <summary>Who the subject of a judged assertion is at this server, by the issuer's mapping.</summary>
    /// <param name="assertion">The assertion.</param>
    /// <param name="trusted">Its issuer.</param>
    /// <returns>What names them; null when the assertion does not say.</returns>
    public static string? SubjectOf(GrantAssertion assertion, TrustedIssuer trusted)
    {
        if (trusted.SubjectClaim == "sub") return assertion.Subject;
        return assertion.More?.TryGetValue(trusted.SubjectClaim, out JsonElement claim) == true && claim.ValueKind == JsonValueKind.String && claim.GetString() is { Length: > 0 } text ? text : null;
    }

    /// <summary>What a judged assertion permits.</summary>
    /// <param name="assertion">The assertion.</param>
    /// <param name="trusted">Its issuer.</param>
    /// <param name="account">The account that its subject is mapped to; null when there is none, or none is looked for.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="permission">What it permits.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Permit(GrantAssertion assertion, TrustedIssuer trusted, string? account, string issuer, DateTimeOffset now, out Permission? permission)
    {
        permission = null;
        // RFC 7521 section 5.2: a subject that cannot be identified is refused, not guessed.
        if (trusted.Subject != SubjectMapping.External && account is null) return Nobody;
        if (SubjectOf(assertion, trusted) is not { } subject) return Nobody;
        IReadOnlyList<string>? scopes = trusted.Scopes;
        if (assertion.More?.TryGetValue("scope", out JsonElement scope) == true)
        {
            if (scope.ValueKind != JsonValueKind.String || !Scope.TryParse(scope.GetString()!, out IReadOnlyList<string> vouched)) return Invalid;
            scopes = scopes is null ? vouched : [.. vouched.Where(scopes.Contains)];
        }
        permission = new Permission
        {
            Account = account,
            Subject = account is null ? SubjectText(trusted, subject) : null,
            Scopes = scopes,
            EndsAt = assertion.ExpiresAt < now + ShortestLife ? now + ShortestLife : assertion.ExpiresAt,
            Once = new UseAssertion(
                SHA256.HashData(Encoding.UTF8.GetBytes($"grant\n{issuer}\n{trusted.Name}\n{assertion.Identity}")), assertion.ExpiresAt + GrantAssertion.Leeway + TimeSpan.FromMinutes(5)),
        };
        return null;
    }

    /// <summary>The sub of somebody who has no account here: no foreign issuer can name one of ours, or of another.</summary>
    internal static string SubjectText(TrustedIssuer trusted, string subject) => trusted.Name + "|" + subject;

    internal static bool MayNotUse(TrustedIssuer trusted, Client client) => !trusted.Clients.Contains(client.ClientId) || (client.IsPublic && !trusted.PublicClients);

    private static OAuthError ErrorOf(JwtFault fault) => fault switch
    {
        JwtFault.Expired => Expired,
        JwtFault.AudienceWrong => NotForUs,
        _ => Invalid,
    };
}
