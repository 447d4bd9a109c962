using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>What holds for every grant that begins at the token endpoint, whatever has permitted it: scope, audience, lifetime, and whether a refresh token comes of it.</summary>
public static class PermittedGrant
{
    private static readonly OAuthError Widened = OAuthError.InvalidScope("The scope is unknown, or more than may be granted.", Refusal.ScopeInvalid);
    private static readonly OAuthError NotThere = OAuthError.InvalidTarget("The client may not get such a token for this audience.", Refusal.AudienceNotAllowed);
    private static readonly OAuthError Used = OAuthError.InvalidGrant("The assertion is not valid.", Refusal.AssertionReplayed);

    /// <summary>Decides what is issued.</summary>
    /// <param name="permission">For whom, and how far.</param>
    /// <param name="request">The token request.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="seed">What a grant row would be made of.</param>
    /// <param name="now">The instant of the decision.</param>
    public static TokenDecision Decide(Permission permission, TokenRequest request, string issuer, Client client, ScopeCatalogue catalogue, GrantSeed seed, DateTimeOffset now)
    {
        if (TokenAudience.Check(request.Resources, client, catalogue) is { } target) return new Refused(target);
        // Nobody could tell of a refresh what a token of somebody else said.
        bool mayRefresh = permission.MayRefresh && (permission.Account is not null || permission.Subject is null);
        // The standard values speak of an account; without one they mean nothing, and are left out rather than refused.
        bool IsIdle(string scope) => scope == Scope.OfflineAccess ? !mayRefresh : scope == Scope.DeviceSso ? permission.SessionId is null
            : (permission.Account is null || permission.StandsAlone) && Scope.Standard.Contains(scope);
        List<string> allowed = [.. client.Scopes.Where(s => !IsIdle(s) && catalogue.Knows(s) && permission.Scopes?.Contains(s) != false)];
        if (Choose(request with { Scopes = request.Scopes is null ? null : [.. request.Scopes.Where(s => !IsIdle(s))] }, allowed, client, catalogue) is not { } scopes) return new Refused(Widened);
        if (TokenAudience.Resolve(issuer, scopes, scopes, request.Resources, [], client.Resources, catalogue, out TokenAudience? access) is { } error) return new Refused(error);
        if (permission.Audiences is { } audiences && !access!.Audience.All(audiences.Contains)) return new Refused(NotThere);

        var facts = new PolicyFacts(client, request.GrantType, scopes, _ => null, false);
        EffectivePolicy effective = PolicyResolution.Resolve(facts);
        bool refreshes = mayRefresh && PolicyResolution.IssuesRefreshToken(effective.Policy, facts);
        if ((permission.Account is null || permission.StandsAlone) && !refreshes)
        {
            return new Issued(access!, effective.Policy)
            {
                Account = permission.Account, Subject = permission.Subject, EndsAt = permission.EndsAt, Change = permission.Once, OnConflict = permission.Once is null ? null : Used,
                Actor = permission.Actor, OriginGrantId = permission.OriginGrantId, OriginSerial = permission.OriginSerial, IssuedTokenType = permission.IssuedTokenType,
                AuthTime = permission.AuthTime, Acr = permission.Acr, Amr = permission.Amr,
            };
        }
        Grant grant = Row(permission, request, issuer, client, scopes, effective, refreshes, seed, now);
        Change create = new CreateGrant(grant);
        return new Opened(grant, permission.Once is { } once ? new Together([once, create]) : create, access!, refreshes ? 1 : null, 0) { OnConflict = permission.Once is null ? null : Used, IssuedTokenType = permission.IssuedTokenType };
    }

    /// <summary>The scope values of a request that names no code: those asked for, or the default.</summary>
    /// <param name="request">The token request.</param>
    /// <param name="allowed">What may be granted.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <returns>Null when more is asked for than may be granted.</returns>
    internal static IReadOnlyList<string>? Choose(TokenRequest request, List<string> allowed, Client client, ScopeCatalogue catalogue)
    {
        if (request.Scopes is { } asked) return asked.All(allowed.Contains) ? asked : null;
        if (request.Resources.Count > 0) return [.. allowed.Where(s => catalogue.OwnersOf(s).Any(o => request.Resources.Contains(o.Identifier)))];
        // Defaults of several APIs would need several audiences: then the first API's are the default.
        IReadOnlyList<string> derived = TokenAudience.DerivedFrom(allowed, client.Resources, catalogue);
        return derived.Count <= 1 ? allowed : [.. allowed.Where(s => catalogue.OwnersOf(s).Any(o => o.Identifier == derived[0]))];
    }

    private static Grant Row(
        Permission permission, TokenRequest request, string issuer, Client client, IReadOnlyList<string> scopes, EffectivePolicy effective, bool refreshes, GrantSeed seed, DateTimeOffset now)
    {
        GrantPolicy policy = effective.Policy;
        bool deviceSso = scopes.Contains(Scope.DeviceSso) && scopes.Contains(Scope.OpenId);
        // Without a refresh token or a device secret the grant lives as long as its access token.
        DateTimeOffset? end = now + (refreshes || deviceSso ? policy.AbsoluteLifetime : policy.AccessTokenLifetimeLongest);
        return new Grant
        {
            Id = seed.Id,
            Issuer = issuer,
            ClientId = client.ClientId,
            Subject = permission.Account,
            SessionId = permission.SessionId,
            State = GrantState.Active,
            Generation = 1,
            GenerationAt = now,
            KeyNumber = seed.KeyNumber,
            AccessSerial = 1,
            CreatedAt = now,
            IdleExpiresAt = refreshes ? now + policy.IdleLifetime + policy.IdleGrace : null,
            ExpiresAt = permission.EndsAt is { } bound && !(end <= bound) ? bound : end,
            Salt = seed.Salt,
            BoundKey = BindingRules.KeyOfGrant(client, request.Proven),
            Mark = request.Mark,
            Authorized = effective.Govern(new Authorized
            {
                Scope = Scope.Join(scopes), Resources = request.Resources, AuthTime = permission.AuthTime, Acr = permission.Acr, Amr = permission.Amr, Actor = permission.Actor, Policy = policy.Name,
                SessionId = permission.SessionId, DeviceSso = deviceSso,
            }, refreshes),
        };
    }
}
