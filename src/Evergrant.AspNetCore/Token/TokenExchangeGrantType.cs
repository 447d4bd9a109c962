using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="TokenExchangeGrant"/> and <see cref="CrossDomainGrant"/>, and the door to <see cref="NativeSsoGrant"/>: reads the tokens that are shown, then decides.</summary>
internal sealed class TokenExchangeGrantType(IServerSecrets secrets, ExchangedTokens tokens, NativeSsoExchange native) : IGrantType
{
    public string Name => TokenExchangeGrant.Name;

    public string Parameter => "subject_token";

    public CredentialKind? Credential => null;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context)
    {
        if (ExchangeRequest.Read(context.Form, name => CrossDomainGrant.IsTarget(context.Client, name), out ExchangeRequest? exchange) is { } malformed) return new Refused(malformed);
        if (exchange!.ActorTokenType == TokenType.DeviceSecret) return await native.DecideAsync(exchange, context);
        if (await tokens.ReadAsync(exchange.SubjectToken, exchange.SubjectTokenType, context) is not { } subject) return new Refused(TokenExchangeGrant.BadSubject);
        if (exchange.IsCrossDomain) return CrossDomainGrant.Decide(exchange, subject, context.Request, context.Client, context.Now);
        ExchangedToken? actor = null;
        if (exchange.ActorToken is { } shown)
        {
            actor = await tokens.ReadAsync(shown, exchange.ActorTokenType!, context);
            if (actor is null) return new Refused(TokenExchangeGrant.BadActor);
        }
        return TokenExchangeGrant.Decide(
            exchange, subject, actor, context.Request, context.Site.Issuer, context.Client, context.Catalogue, secrets.NewSeed(context.Now), context.Now);
    }
}
