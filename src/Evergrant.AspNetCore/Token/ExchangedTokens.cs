using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Trust;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Token;

/// <summary>Reads the tokens that are shown for an exchange, each by the rules of its declared type and of no other (RFC 8693 section 2.1).</summary>
internal sealed class ExchangedTokens(PresentedTokens presented, KeyRings rings, ClientCatalogue clients, TrustedKeys trustedKeys, IAccountDirectory accounts)
{
    /// <summary>Reads one.</summary>
    /// <param name="text">The token.</param>
    /// <param name="type">Its declared type.</param>
    /// <param name="context">The request.</param>
    /// <returns>Null when it is not valid, not of that type, or bound to a key that the request does not prove.</returns>
    public async ValueTask<ExchangedToken?> ReadAsync(string text, string type, TokenContext context) => type switch
    {
        TokenType.AccessToken => await AccessAsync(text, context),
        TokenType.RefreshToken => await RefreshAsync(text, context),
        TokenType.IdToken => await IdTokenAsync(text, context),
        TokenType.Jwt when GrantAssertion.TryPeek(text, out string? issuer, out _) => issuer == context.Site.Issuer ? await AccessAsync(text, context) : await AssertionAsync(text, issuer, context),
        _ => null,
    };

    private async ValueTask<ExchangedToken?> AccessAsync(string text, TokenContext context)
    {
        Shown shown = await presented.ReadAsync(text, context.Site, context.Aborted);
        if (!shown.IsGood || shown.Token is not { IsRefreshToken: false, Access: { } access }) return null;
        if (access.Confirmation is { } bound && !context.Request.Proven.Include(bound)) return null;
        return new ExchangedToken
        {
            ClientId = access.ClientId,
            Account = shown.Grant?.Subject,
            Subject = access.Subject,
            Scopes = Scope.Split(access.Scope),
            ExpiresAt = access.ExpiresAt,
            Actor = access.Actor,
            MayAct = access.MayAct,
            GrantId = access.GrantId ?? access.OriginGrantId,
            Serial = access.OriginGrantId is null ? access.Serial : access.OriginSerial,
            AuthTime = shown.Grant?.Authorized.AuthTime,
            Acr = shown.Grant?.Authorized.Acr,
            Amr = shown.Grant?.Authorized.Amr,
        };
    }

    private async ValueTask<ExchangedToken?> RefreshAsync(string text, TokenContext context)
    {
        Shown shown = await presented.ReadAsync(text, context.Site, context.Aborted);
        if (!shown.IsGood || shown.Token is not { IsRefreshToken: true } || shown.Grant is not { } grant) return null;
        if (BindingRules.JudgeGrant(grant, context.Request.Proven) is not null) return null;
        DateTimeOffset end = grant.ExpiresAt ?? DateTimeOffset.MaxValue;
        return new ExchangedToken
        {
            ClientId = grant.ClientId,
            Account = grant.Subject,
            Subject = grant.Subject ?? grant.ClientId,
            Scopes = Scope.Split(grant.Authorized.Scope),
            ExpiresAt = grant.IdleExpiresAt < end ? grant.IdleExpiresAt.Value : end,
            Actor = grant.Authorized.Actor,
            GrantId = grant.Id,
            Serial = grant.AccessSerial,
            IsRefreshToken = true,
            AuthTime = grant.Authorized.AuthTime,
            Acr = grant.Authorized.Acr,
            Amr = grant.Authorized.Amr,
        };
    }

    private async ValueTask<ExchangedToken?> IdTokenAsync(string text, TokenContext context)
    {
        KeySnapshot keys = await rings.CurrentAsync(context.Site.Issuer, context.Aborted);
        if (IdToken.JudgeAsHint(text, keys.Published, context.Site.Issuer).Value is not { } token || token.ExpiresAt <= context.Now) return null;
        // What else is a JWT of ours without a type of its own.
        if (token.Claims?.ContainsKey("events") == true || token.Claims?.ContainsKey("client_id") == true) return null;
        // A pairwise sub leads nobody back to the account, and that is what it is for.
        if (await clients.FindAsync(context.Site.Issuer, token.Audience, context.Aborted) is not { SubjectType: SubjectType.Public }) return null;
        if (await accounts.FindAsync(SubjectMapping.AccountId, token.Subject, context.Aborted) is not { } account) return null;
        return new ExchangedToken
        {
            ClientId = token.Audience, Account = account, Subject = token.Subject, ExpiresAt = token.ExpiresAt, IsIdToken = true, AuthTime = token.AuthTime, Acr = token.Acr, Amr = token.Amr,
        };
    }

    private async ValueTask<ExchangedToken?> AssertionAsync(string text, string issuer, TokenContext context)
    {
        if (await clients.TrustedAsync(context.Site.Issuer, issuer, context.Aborted) is not { } trusted) return null;
        JwkSet? keys = await trustedKeys.FindAsync(trusted, text, context.Aborted);
        if (JwtBearerGrant.Judge(text, AssertionUse.TokenExchange, trusted, keys, context.Site.Issuer, context.Site.TokenEndpoint, context.Client, context.Request.Proven, context.Now, out GrantAssertion? judged) is not null) return null;
        string? account = trusted.Subject != SubjectMapping.External && JwtBearerGrant.SubjectOf(judged!, trusted) is { } subject
            ? await accounts.FindAsync(trusted.Subject, subject, context.Aborted) : null;
        if (JwtBearerGrant.Permit(judged!, AssertionUse.TokenExchange, trusted, account, context.Site.Issuer, context.Now, out Permission? permission) is not null) return null;
        return new ExchangedToken
        {
            ForeignIssuer = issuer,
            Account = account,
            Subject = permission!.Subject ?? account!,
            Scopes = permission.Scopes,
            ExpiresAt = judged!.ExpiresAt,
            Actor = judged.ObjectClaim("act"),
            MayAct = judged.ObjectClaim("may_act"),
        };
    }
}
