namespace Evergrant.Protocol.Token;

/// <summary>The parameters of a token exchange (RFC 8693 section 2.1) beyond those of every token request.</summary>
/// <param name="SubjectToken">subject_token.</param>
/// <param name="SubjectTokenType">subject_token_type.</param>
/// <param name="ActorToken">actor_token; null for none.</param>
/// <param name="ActorTokenType">actor_token_type; null for none.</param>
/// <param name="RequestedType">requested_token_type; an access token when it was omitted.</param>
/// <param name="Audiences">audience parameters as sent.</param>
/// <param name="Resources">resource parameters as sent.</param>
public sealed record ExchangeRequest(
    string SubjectToken, string SubjectTokenType, string? ActorToken, string? ActorTokenType, string RequestedType, IReadOnlyList<string> Audiences, IReadOnlyList<string> Resources)
{
    private static readonly OAuthError NoType = OAuthError.InvalidRequest("The parameter subject_token_type is missing.", Refusal.ParameterMissing);
    private static readonly OAuthError NoActorType = OAuthError.InvalidRequest("actor_token and actor_token_type go together.", Refusal.ParameterMissing);
    private static readonly OAuthError UnknownType = OAuthError.InvalidRequest("The token type is not supported.", Refusal.TokenTypeUnsupported);

    /// <summary>Whether an assertion for another authorization server is asked for.</summary>
    public bool IsCrossDomain => RequestedType is TokenType.IdJag || (RequestedType == TokenType.Jwt && CrossDomain);

    private bool CrossDomain { get; init; }

    /// <summary>Reads them.</summary>
    /// <param name="parameters">The form.</param>
    /// <param name="isTarget">Whether a name means another authorization server for this client.</param>
    /// <param name="request">The request.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Read(Parameters parameters, Func<string, bool> isTarget, out ExchangeRequest? request)
    {
        request = null;
        if (parameters["subject_token_type"] is not { } subjectType) return NoType;
        string? actor = parameters["actor_token"], actorType = parameters["actor_token_type"];
        if (actor is null != actorType is null) return NoActorType;
        string requested = parameters["requested_token_type"] ?? TokenType.AccessToken;
        if (subjectType is not (TokenType.AccessToken or TokenType.RefreshToken or TokenType.IdToken or TokenType.Jwt)
            || actorType is not (null or TokenType.AccessToken or TokenType.IdToken or TokenType.Jwt or TokenType.DeviceSecret)
            || requested is not (TokenType.AccessToken or TokenType.Jwt or TokenType.IdJag)) return UnknownType;
        IReadOnlyList<string> audiences = parameters.Many("audience"), resources = parameters.Many("resource");
        request = new ExchangeRequest(parameters["subject_token"]!, subjectType, actor, actorType, requested, audiences, resources) { CrossDomain = audiences.Concat(resources).Any(isTarget) };
        return null;
    }

    /// <summary>Tells no token.</summary>
    public override string ToString() => SubjectTokenType;
}
