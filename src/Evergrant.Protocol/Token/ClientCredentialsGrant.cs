using System.Text.Json;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>The client credentials grant (RFC 6749 section 4.4): no End-User, and no grant row or refresh token unless the policy says so (section 4.4.3 advises against it).</summary>
public static class ClientCredentialsGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "client_credentials";

    /// <summary>Decides the request of an authenticated client.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="seed">Makes what a grant row is made of; asked only when there will be one.</param>
    /// <param name="now">The instant of the decision.</param>
    public static TokenDecision Decide(TokenRequest request, string issuer, Client client, ScopeCatalogue catalogue, Func<DateTimeOffset, GrantSeed> seed, DateTimeOffset now)
    {
        // RFC 6749 section 4.4: confidential clients only.
        if (client.IsPublic) return new Refused(new OAuthError("unauthorized_client", "Public clients cannot use client_credentials.", Refusal.GrantTypeNotAllowed));
        if (TokenAudience.Check(request.Resources, client, catalogue) is { } target) return new Refused(target);

        // The standard values speak of an End-User, whom this grant does not have; they are left out rather than refused.
        List<string> allowed = [.. client.Scopes.Where(s => !Scope.IsOfSignIn(s) && catalogue.Knows(s))];
        TokenRequest meant = request.Scopes is null ? request : request with { Scopes = [.. request.Scopes.Where(s => !Scope.IsOfSignIn(s))] };
        if (PermittedGrant.Choose(meant, allowed, client, catalogue) is not { } scopes) return new Refused(OAuthError.InvalidScope("The scope is unknown, or not allowed for this client.", Refusal.ScopeInvalid));
        if (TokenAudience.Resolve(issuer, scopes, scopes, request.Resources, [], client.Resources, catalogue, out TokenAudience? access) is { } error) return new Refused(error);
        if (request.Details is { } text)
        {
            IReadOnlyList<JsonElement>? details = AuthorizationDetails.Parse(text);
            if (AuthorizationDetails.Judge(details, client, catalogue) is { } unknown) return new Refused(unknown);
            access = AuthorizationDetails.Add(access!, details!, request.Resources, catalogue);
        }
        var facts = new PolicyFacts(client, Name, scopes, _ => null, false);
        EffectivePolicy effective = PolicyResolution.Resolve(facts);
        return PolicyResolution.IssuesRefreshToken(effective.Policy, facts) ? Open(request, issuer, client, scopes, effective, access!, seed(now), now) : new Issued(access!, effective.Policy);
    }

    private static Opened Open(TokenRequest request, string issuer, Client client, IReadOnlyList<string> scopes, EffectivePolicy effective, TokenAudience access, GrantSeed seed, DateTimeOffset now)
    {
        GrantPolicy policy = effective.Policy;
        var grant = new Grant
        {
            Id = seed.Id,
            Issuer = issuer,
            ClientId = client.ClientId,
            State = GrantState.Active,
            Generation = 1,
            GenerationAt = now,
            KeyNumber = seed.KeyNumber,
            AccessSerial = 1,
            CreatedAt = now,
            IdleExpiresAt = now + policy.IdleLifetime + policy.IdleGrace,
            ExpiresAt = now + policy.AbsoluteLifetime,
            Salt = seed.Salt,
            Authorized = effective.Govern(new Authorized { Scope = Scope.Join(scopes), Resources = request.Resources, Policy = policy.Name }, issuesRefreshToken: true),
        };
        return new Opened(grant, new CreateGrant(grant), access, 1, 0);
    }
}

/// <summary>What a new grant is made of that a decision cannot make.</summary>
/// <param name="Id">UUIDv7.</param>
/// <param name="Salt">16 random bytes.</param>
/// <param name="KeyNumber">Number of the credential key in use.</param>
public sealed record GrantSeed(Guid Id, byte[] Salt, int KeyNumber);
