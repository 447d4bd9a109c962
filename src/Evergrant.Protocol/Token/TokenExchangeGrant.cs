using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Token;

/// <summary>Token exchange (RFC 8693): a client turns a token that it was shown into one for somewhere else, by the rules that it is registered with. The tokens it shows stay as they are.</summary>
public static class TokenExchangeGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "urn:ietf:params:oauth:grant-type:token-exchange";

    // Nobody needs a longer chain, and every link is in every token behind it.
    private const int LongestChain = 8;

    /// <summary>The answer to a token that its declared type does not accept (section 2.2.2: invalid_request, not invalid_grant).</summary>
    public static OAuthError BadSubject { get; } = OAuthError.InvalidRequest("The subject_token is not valid.", Refusal.SubjectTokenInvalid);

    /// <summary>The same for the actor.</summary>
    public static OAuthError BadActor { get; } = OAuthError.InvalidRequest("The actor_token is not valid.", Refusal.ActorTokenInvalid);

    private static readonly OAuthError PublicClient = new("unauthorized_client", "A client that proves nothing of itself cannot exchange tokens.", Refusal.GrantTypeNotAllowed);
    private static readonly OAuthError NotExchangeable = OAuthError.InvalidRequest("The subject_token is not valid.", Refusal.SubjectTokenNotExchangeable);
    private static readonly OAuthError ForeignActor = BadActor with { Refusal = Refusal.ActorNotPermitted };
    private static readonly OAuthError TooLong = BadSubject with { Refusal = Refusal.ActorChainTooLong };

    /// <summary>Decides an exchange for an access token.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="subject">The subject token, judged.</param>
    /// <param name="actor">The actor token, judged; null for none.</param>
    /// <param name="request">What is common to token requests.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="catalogue">The server's scopes and resources.</param>
    /// <param name="seed">What a grant row would be made of.</param>
    /// <param name="now">The instant of the decision.</param>
    public static TokenDecision Decide(
        ExchangeRequest exchange, ExchangedToken subject, ExchangedToken? actor, TokenRequest request, string issuer, Client client, ScopeCatalogue catalogue, GrantSeed seed, DateTimeOffset now)
    {
        if (client.IsPublic && !client.Exchanges.Any(r => r.PublicClient)) return new Refused(PublicClient);
        // A refresh token is its client's own: nobody else ever sees one.
        if (subject.IsRefreshToken && subject.ClientId != client.ClientId) return new Refused(NotExchangeable);
        if (Acting(subject, actor, client) is { } foreign) return new Refused(foreign);
        TokenDecision? refused = null;
        foreach (ExchangeRule rule in client.Exchanges)
        {
            if (client.IsPublic && !rule.PublicClient) continue;
            if (subject.ForeignIssuer is { } name ? !rule.SubjectIssuers.Contains(name) : !rule.SubjectClients.Contains(subject.ClientId!)) continue;
            if (!rule.Impersonation && ChainOf(subject, actor, client) is null) return new Refused(TooLong);
            TokenDecision decision = PermittedGrant.Decide(Permit(exchange, rule, subject, actor, client), request, issuer, client, catalogue, seed, now);
            if (decision is not Refused) return decision;
            refused ??= decision;
        }
        return refused ?? new Refused(NotExchangeable);
    }

    private static Permission Permit(ExchangeRequest exchange, ExchangeRule rule, ExchangedToken subject, ExchangedToken? actor, Client client) => new()
    {
        Account = subject.Account,
        Subject = subject.Account is null ? subject.Subject : null,
        // An ID Token says who signed in, and allows nothing by itself.
        Scopes = rule.Scopes ?? subject.Scopes ?? (subject.IsIdToken ? [] : null),
        Audiences = rule.Audiences,
        MayRefresh = rule.RefreshToken && subject.Account is not null,
        StandsAlone = true,
        EndsAt = rule.RefreshToken ? null : subject.ExpiresAt,
        AuthTime = subject.AuthTime,
        Acr = subject.Acr,
        Amr = subject.Amr,
        // Impersonation shows nobody who was not shown; who acted before stays visible.
        Actor = rule.Impersonation && actor is null ? subject.Actor : ChainOf(subject, actor, client),
        OriginGrantId = subject.GrantId,
        OriginSerial = subject.Serial,
        IssuedTokenType = exchange.RequestedType,
    };

    /// <summary>Whether the party that acts is one that may.</summary>
    private static OAuthError? Acting(ExchangedToken subject, ExchangedToken? actor, Client client)
    {
        // An actor token is one that the client was given itself; whoever was shown somebody else's does not become them.
        if (actor is not null && actor.ClientId != client.ClientId && actor.ForeignIssuer is null) return ForeignActor;
        if (subject.MayAct is not { } text) return null;
        using JsonDocument named = JsonDocument.Parse(text);
        string who = actor?.Subject ?? client.ClientId;
        // Section 4.4: the claims together name the one party that may act.
        bool matches = named.RootElement.EnumerateObject().All(claim => claim.Value.ValueKind == JsonValueKind.String && claim.Name switch
        {
            "sub" => claim.Value.GetString() == who,
            "client_id" => claim.Value.GetString() == client.ClientId,
            "iss" => claim.Value.GetString() == actor?.ForeignIssuer,
            _ => false,
        });
        return matches ? null : ForeignActor;
    }

    /// <summary>The act claim of the new token: the actor outermost, earlier ones inside (section 4.1). Null when the chain would become too long.</summary>
    private static string? ChainOf(ExchangedToken subject, ExchangedToken? actor, Client client)
    {
        var act = new JsonObject { ["sub"] = actor?.Subject ?? client.ClientId };
        if (actor?.ForeignIssuer is { } iss) act["iss"] = iss;
        if (actor is null || actor.ClientId is not null) act["client_id"] = client.ClientId;
        if (subject.Actor is { } earlier)
        {
            JsonNode before = JsonNode.Parse(earlier)!;
            int depth = 1;
            for (JsonNode? node = before; node is JsonObject link && link["act"] is { } inner; node = inner) depth++;
            if (depth >= LongestChain) return null;
            act["act"] = before;
        }
        return act.ToJsonString();
    }
}
