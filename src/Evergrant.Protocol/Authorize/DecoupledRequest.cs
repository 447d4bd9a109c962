using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Authorize;

/// <summary>What a device authorization (RFC 8628) and a backchannel authentication (CIBA) have in common: they are asked for in one place and answered in another, and a grant in state Requested waits
/// between the two.</summary>
internal static class DecoupledRequest
{
    private static readonly OAuthError BadScope = OAuthError.InvalidScope("The scope is unknown, malformed, or not allowed for this client.", Refusal.ScopeInvalid);

    /// <summary>Judges what is asked for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="scopes">What may be granted of it.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(AuthorizeRequest request, string issuer, Client client, ScopeCatalogue catalogue, out IReadOnlyList<string> scopes)
    {
        scopes = [];
        if (request.Scopes is { Count: 0 }) return BadScope;
        // Here a value that cannot be granted is an error (RFC 8628 section 3.1): there is no page on which the client would learn what was left out.
        if (request.Scopes?.Any(s => !client.Scopes.Contains(s) || !catalogue.Knows(s)) == true) return BadScope;
        scopes = AuthorizeRules.Grantable(new AuthorizeFacts(request, client, catalogue));
        if (AuthorizationDetails.Judge(request.Details, client, catalogue) is { } unknown) return unknown;
        if (scopes.Count == 0 && request.Details!.Count == 0 && client.Scopes.Count > 0) return BadScope;
        return TokenAudience.Check(request.Resources, client, catalogue)
            ?? TokenAudience.Resolve(issuer, scopes, scopes, request.Resources, [], client.Resources, catalogue, out _);
    }

    /// <summary>The row that waits for its answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="subject">Account id of whoever is to answer; null for whoever comes.</param>
    /// <param name="scopes">What may be granted.</param>
    /// <param name="seed">What the row is made of.</param>
    /// <param name="ends">Until when it waits.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="managed">The grant under the request's grant_id, judged; null for none. What a merge keeps of it is asked for again.</param>
    public static Grant Open(AuthorizeRequest request, string issuer, Client client, string? subject, IReadOnlyList<string> scopes, GrantSeed seed, DateTimeOffset ends, DateTimeOffset now, Grant? managed = null) => new()
    {
        Id = seed.Id,
        Issuer = issuer,
        ClientId = client.ClientId,
        Subject = subject,
        State = GrantState.Requested,
        Generation = 0,
        GenerationAt = now,
        KeyNumber = seed.KeyNumber,
        CreatedAt = now,
        IdleExpiresAt = ends,
        ExpiresAt = ends,
        Salt = seed.Salt,
        Authorized = ManagedGrant.Name(
            new Authorized { Scope = Scope.Join(scopes), Resources = request.Resources, Details = AuthorizationDetails.Write(request.Details!), Policy = client.EffectivePolicy.Name },
            request, managed, (seed.Id, seed.Salt)),
    };

    /// <summary>The row once somebody has agreed; null when nothing is left of what was asked for, which is a refusal.</summary>
    /// <param name="grant">The row that waits.</param>
    /// <param name="client">The client that asks.</param>
    /// <param name="grantType">The grant_type by which it will fetch its tokens.</param>
    /// <param name="who">Who answers.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="now">The instant of the decision.</param>
    public static Grant? Approve(Grant grant, Client client, string grantType, Answering who, ConsentAnswer answer, DateTimeOffset now)
    {
        string[] asked = Scope.Split(grant.Authorized.Scope);
        string[] scopes = [.. asked.Where(s => s == Scope.OpenId || answer.Scopes.Contains(s))];
        IReadOnlyList<JsonElement> wanted = AuthorizationDetails.Parse(grant.Authorized.Details) ?? [];
        IReadOnlyList<JsonElement> details = [.. wanted.Where((_, place) => !answer.WithoutDetails.Contains(place))];
        if (!answer.Allow || (scopes.Length + details.Count == 0 && asked.Length + wanted.Count > 0)) return null;
        var judged = new PolicyFacts(client, grantType, scopes, _ => null, Consented: true);
        EffectivePolicy effective = PolicyResolution.Resolve(judged);
        return grant with
        {
            State = GrantState.Pending,
            Subject = who.Subject,
            SessionId = scopes.Contains(Scope.OfflineAccess) ? null : who.SessionId,
            CreatedAt = now,
            ExpiresAt = now + effective.Policy.AbsoluteLifetime,
            Authorized = effective.Govern(grant.Authorized with
            {
                Scope = Scope.Join(scopes),
                Details = AuthorizationDetails.Write(details),
                AuthTime = who.AuthTime,
                Acr = who.Acr,
                Amr = who.Amr,
                SessionId = who.SessionId,
            }, PolicyResolution.IssuesRefreshToken(effective.Policy, judged)),
        };
    }
}
