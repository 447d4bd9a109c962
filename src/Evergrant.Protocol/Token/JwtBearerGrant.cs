using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Binding;
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

    /// <summary>The answer to a resource that the assertion does not name.</summary>
    public static OAuthError ResourceWidened { get; } = OAuthError.InvalidTarget("The resource is not one that the assertion names.", Refusal.ResourceWidened);

    private static readonly OAuthError Invalid = OAuthError.InvalidGrant("The assertion is not valid.", Refusal.AssertionInvalid);
    private static readonly OAuthError Stranger = Invalid with { Refusal = Refusal.AssertionIssuerUntrusted };
    private static readonly OAuthError Expired = Invalid with { Refusal = Refusal.AssertionExpired };
    private static readonly OAuthError NotForUs = Invalid with { Refusal = Refusal.AssertionAudienceWrong };
    private static readonly OAuthError NotForClient = Invalid with { Refusal = Refusal.AssertionClientNotAllowed };
    private static readonly OAuthError NotProven = Invalid with { Refusal = Refusal.KeyMismatch };
    private static readonly OAuthError Nobody = Invalid with { Refusal = Refusal.AssertionSubjectUnknown };

    /// <summary>Judges an assertion (RFC 7523 section 3).</summary>
    /// <param name="assertion">What was presented.</param>
    /// <param name="use">What it is to be used for.</param>
    /// <param name="trusted">Whoever it says has issued it, if they are trusted; null when they are not.</param>
    /// <param name="keys">Their keys; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="tokenEndpoint">URL of the token endpoint, which an assertion may name instead (RFC 7523bis section 4).</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="proven">The keys that the request proves.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="judged">The assertion.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(
        string assertion, AssertionUse use, TrustedIssuer? trusted, JwkSet? keys, string issuer, string tokenEndpoint, Client client, ProvenKeys proven, DateTimeOffset now, out GrantAssertion? judged)
    {
        judged = null;
        if (trusted is null || !trusted.Uses.Contains(use)) return Stranger;
        // Before anything is told of the assertion: a client that may not use it learns nothing about it.
        bool jag = use == AssertionUse.IdJag;
        // ID-JAG section 9.1: confidential clients only.
        if (MayNotUse(trusted, client) || (jag && client.IsPublic)) return NotForClient;
        if (keys is null) return Invalid;
        JwtVerdict<GrantAssertion> verdict = GrantAssertion.Judge(
            assertion, keys, trusted.Name, jag ? [issuer] : [issuer, tokenEndpoint, .. trusted.Audiences], soleAudience: jag || !client.LegacyAssertionAudience, jag ? [CrossDomainGrant.IdJagType] : null,
            trusted.MaximumLifetime, now);
        if (!verdict.Holds) return ErrorOf(verdict.Fault);
        // RFC 7523 section 3, item 6: one that is unreasonably old may be refused.
        if (trusted.MaximumAge is { } age && !(verdict.Value!.IssuedAt >= now - age)) return Expired;
        // ID-JAG sections 3.1 and 4.4.1: what it has to say, and for which client it was made.
        if (jag && (verdict.Value!.JwtId is null || verdict.Value.IssuedAt is null)) return Invalid;
        if (jag && verdict.Value!.TextClaim("client_id") != client.ClientId) return NotForClient;
        // Section 9.8.1: one that is bound to a key is redeemed by its holder.
        if (verdict.Value!.More?.ContainsKey("cnf") == true && (verdict.Value.Confirmation is not { } bound || !proven.Include(bound))) return NotProven;
        judged = verdict.Value;
        return null;
    }

    /// <summary>Who the subject of a judged assertion is at this server, by the issuer's mapping.</summary>
    /// <param name="assertion">The assertion.</param>
    /// <param name="trusted">Its issuer.</param>
    /// <returns>What names them; null when the assertion does not say.</returns>
    public static string? SubjectOf(GrantAssertion assertion, TrustedIssuer trusted)
    {
        return trusted.SubjectClaim == "sub" ? assertion.Subject : assertion.TextClaim(trusted.SubjectClaim);
    }

    /// <summary>What a judged assertion permits.</summary>
    /// <param name="assertion">The assertion.</param>
    /// <param name="use">What it is used for: what is exchanged is not used up.</param>
    /// <param name="trusted">Its issuer.</param>
    /// <param name="account">The account that its subject is mapped to; null when there is none, or none is looked for.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="permission">What it permits.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Permit(GrantAssertion assertion, AssertionUse use, TrustedIssuer trusted, string? account, string issuer, DateTimeOffset now, out Permission? permission)
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
            Once = use == AssertionUse.TokenExchange ? null : new UseAssertion(
                SHA256.HashData(Encoding.UTF8.GetBytes($"grant\n{issuer}\n{trusted.Name}\n{assertion.Identity}")), assertion.ExpiresAt + GrantAssertion.Leeway + TimeSpan.FromMinutes(5)),
        };
        return null;
    }

    /// <summary>The resources of a request with a judged assertion: those that it asks for within those that the assertion names, or these (ID-JAG section 4.4.1).</summary>
    /// <param name="assertion">The assertion.</param>
    /// <param name="asked">Resources that the request names; empty for none.</param>
    /// <returns>Null when it asks for others.</returns>
    public static IReadOnlyList<string>? ResourcesOf(GrantAssertion assertion, IReadOnlyList<string> asked)
    {
        if (assertion.More?.TryGetValue("resource", out JsonElement claim) != true) return asked;
        List<string> named = claim.ValueKind switch
        {
            JsonValueKind.String => [claim.GetString()!],
            JsonValueKind.Array => [.. claim.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Select(r => r.GetString()!)],
            _ => [],
        };
        return asked.Count == 0 ? named : asked.All(named.Contains) ? asked : null;
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
