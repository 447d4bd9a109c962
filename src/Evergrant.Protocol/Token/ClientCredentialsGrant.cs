using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Token;

/// <summary>The client credentials grant (RFC 6749 section 4.4): no End-User, no grant row, no refresh token.</summary>
public static class ClientCredentialsGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "client_credentials";

    /// <summary>Decides the request of an authenticated client.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    public static TokenDecision Decide(TokenRequest request, string issuer, Client client, ScopeCatalogue catalogue)
    {
        // RFC 6749 section 4.4: confidential clients only.
        if (client.IsPublic) return new Refused(new OAuthError("unauthorized_client", "Public clients cannot use client_credentials.", Refusal.GrantTypeNotAllowed));
        if (TokenAudience.Check(request.Resources, client, catalogue) is { } target) return new Refused(target);

        // The standard values speak of an End-User, whom this grant does not have; they are left out rather than refused.
        List<string> allowed = [.. client.Scopes.Where(s => !Scope.Standard.Contains(s) && catalogue.Knows(s))];
        List<string> scopes;
        if (request.Scopes is { } asked)
        {
            scopes = [.. asked.Where(s => !Scope.Standard.Contains(s))];
            if (scopes.Any(s => !allowed.Contains(s))) return new Refused(OAuthError.InvalidScope("The scope is unknown, or not allowed for this client.", Refusal.ScopeInvalid));
        }
        else if (request.Resources.Count > 0)
        {
            scopes = [.. allowed.Where(s => catalogue.OwnersOf(s).Any(o => request.Resources.Contains(o.Identifier)))];
        }
        else
        {
            // Defaults of several APIs would need several audiences: then the first API's are the default.
            IReadOnlyList<string> derived = TokenAudience.DerivedFrom(allowed, client.Resources, catalogue);
            scopes = derived.Count <= 1 ? allowed : [.. allowed.Where(s => catalogue.OwnersOf(s).Any(o => o.Identifier == derived[0]))];
        }
        return TokenAudience.Resolve(issuer, scopes, scopes, request.Resources, [], client.Resources, catalogue, out TokenAudience? access) is { } error
            ? new Refused(error)
            : new Issued(access!, client.EffectivePolicy.AccessTokenLifetime);
    }
}
