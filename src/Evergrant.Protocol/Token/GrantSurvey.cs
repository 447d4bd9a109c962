using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Token;

/// <summary>Whether a grant may carry a refresh token, and who says so: the table of docs/guides/refresh-tokens.md, and what <c>evergrant grants</c> shows.</summary>
/// <param name="Name">The grant_type value.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Word">MAY, SHOULD NOT, MUST NOT, as the source has it.</param>
/// <param name="Source">Specification and section.</param>
/// <param name="Since">What later specifications say of it; empty for nothing new.</param>
/// <param name="Here">What this server makes of it, whatever a policy says.</param>
public sealed record GrantSurvey(string Name, string Title, string Word, string Source, string Since, string Here)
{
    /// <summary>Whether a policy can give this grant a refresh token on this server.</summary>
    public bool Can => Word != "MUST NOT" && Here.Length == 0;

    /// <summary>All grants, in the order of the table.</summary>
    public static IReadOnlyList<GrantSurvey> All { get; } =
    [
        new("authorization_code", "authorization code, hybrid", "MAY", "RFC 6749 sections 4.1.4 and 5.1; with OpenID Connect by offline_access (Core section 11)", "RFC 9700 section 4.14.2: decided per client, idle end", ""),
        new("implicit", "implicit", "MUST NOT", "RFC 6749 section 4.2.2", "RFC 9700 section 2.1.2: the grant should not be used; removed from OAuth 2.1", "never"),
        new(PasswordGrant.Name, "password", "SHOULD NOT", "RFC 6749 section 4.3.3 (MAY), RFC 6819 section 4.4.3.3", "RFC 9700 section 2.4: the grant must not be used; removed from OAuth 2.1", ""),
        new(ClientCredentialsGrant.Name, "client credentials", "SHOULD NOT", "RFC 6749 section 4.4.3", "", ""),
        new(RefreshTokenGrant.Name, "refresh", "MAY", "RFC 6749 section 6", "RFC 9700 section 2.2.2: public clients get a new one each time, or a bound one", "by rotate"),
        new(DeviceCodeGrant.Name, "device", "MAY", "RFC 8628 section 3.5", "as for the authorization code", ""),
        new(CibaGrant.Name, "CIBA", "MAY", "CIBA Core section 10.1.1", "as for the authorization code", ""),
        new(JwtBearerGrant.Name, "JWT bearer, ID-JAG", "SHOULD NOT", "RFC 7521 section 4.1: not beyond the assertion", "", "never"),
        new(SamlBearerGrant.Name, "SAML bearer", "SHOULD NOT", "RFC 7521 section 4.1: not beyond the assertion", "", "never"),
        new(TokenExchangeGrant.Name, "token exchange", "MAY", "RFC 8693 section 2.2.1: only for access beyond the subject token's life", "", ""),
    ];

    /// <summary>What the policy of a client makes of a grant it is registered for.</summary>
    /// <param name="client">The client, with the server's policies.</param>
    /// <returns>yes, or why not.</returns>
    public string Of(Client client)
    {
        if (!Can) return Name == RefreshTokenGrant.Name ? client.EffectivePolicy.RotatesFor(client) ? "a new one each time" : "the same one" : "no";
        if (Name == TokenExchangeGrant.Name && !client.Exchanges.Any(r => r.RefreshToken)) return "no: no rule of the client has refresh_token";
        if (!client.GrantTypes.Contains(RefreshTokenGrant.Name)) return "no: the client is not registered for refresh_token";
        IReadOnlyList<string> scopes = [.. client.Scopes.Union([Scope.OfflineAccess])];
        var facts = new PolicyFacts(client, Name, scopes, _ => null, true);
        var policy = PolicyResolution.Resolve(facts).Policy;
        if (!Scope.Contains(policy.RefreshTokenGrants, Name)) return $"no: refresh_token_grants of the policy {policy.Name} does not name it";
        if (!PolicyResolution.IssuesRefreshToken(policy, facts)) return $"no: the policy {policy.Name}";
        return policy.RefreshTokens == Grants.RefreshTokenIssuance.OfflineAccess ? $"with offline_access: the policy {policy.Name}" : $"yes: the policy {policy.Name}";
    }
}
