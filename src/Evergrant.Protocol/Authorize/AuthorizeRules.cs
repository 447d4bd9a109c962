using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Authorize;

/// <summary>What a rule looks at.</summary>
/// <param name="Request">The request.</param>
/// <param name="Client">The verified client.</param>
/// <param name="Catalogue">The server's scopes and resources.</param>
public sealed record AuthorizeFacts(AuthorizeRequest Request, Client Client, ScopeCatalogue Catalogue)
{
    /// <summary>What the server demands of every request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;
}

/// <summary>One rule of the table.</summary>
/// <param name="Name">A sentence.</param>
/// <param name="Source">Where it stands.</param>
/// <param name="Judge">The error, or null.</param>
public sealed record AuthorizeRule(string Name, string Source, Func<AuthorizeFacts, OAuthError?> Judge);

/// <summary>The rules of an authorization request whose client and redirect URI are verified, in their order. The first that is broken is the answer.</summary>
public static class AuthorizeRules
{
    /// <summary>The table.</summary>
    public static IReadOnlyList<AuthorizeRule> Table { get; } =
    [
        new("ParametersOccurOnce", "RFC 6749 section 3.1", f => f.Request.Parameters.Repeated is null ? null
            : OAuthError.InvalidRequest("A parameter was sent more than once.", Refusal.ParameterRepeated)),
        new("RequestObjectIsNotBothWays", "OpenID Connect Core section 6", f => f.Request.Parameters["request"] is null || f.Request.Parameters["request_uri"] is null ? null
            : OAuthError.InvalidRequest("request and request_uri exclude one another.", Refusal.RequestObjectUnsupported)),
        new("RequestObjectHolds", "RFC 9101 section 6", f => f.Request.Fault),
        new("RequestUriIsNotSent", "OpenID Connect Core section 6.2", f => f.Request.Parameters["request_uri"] is null ? null
            : new OAuthError("request_uri_not_supported", "The request_uri parameter is not supported.", Refusal.RequestObjectUnsupported)),
        new("RequestIsPushed", "RFC 9126 section 4", f => f.Request.IsPushed || !(f.Demands.PushedRequests || f.Client.RequirePushedAuthorizationRequests) ? null
            : OAuthError.InvalidRequest("The request must be pushed to the pushed authorization request endpoint first.", Refusal.PushRequired)),
        new("RedirectUriIsSent", "FAPI 2.0 Security Profile section 5.3.2.2", f => !f.Client.IsFapi || f.Request.RedirectUri is not null ? null
            : OAuthError.InvalidRequest("The parameter redirect_uri is missing.", Refusal.ParameterMissing)),
        new("RequestIsSigned", "RFC 9101 section 10.5", f => f.Request.IsSigned || !(f.Demands.SignedRequests || f.Client.RequireSignedRequestObject) ? null
            : OAuthError.InvalidRequest("The request must be a signed Request Object.", Refusal.RequestObjectRequired)),
        new("RegistrationIsNotSent", "OpenID Connect Core section 3.1.2.6", f => f.Request.Parameters["registration"] is null ? null
            : new OAuthError("registration_not_supported", "The registration parameter is not supported.", Refusal.RegistrationUnsupported)),
        new("ResponseTypeIsSent", "RFC 6749 section 3.1.1", f => f.Request.Parameters["response_type"] is not null ? null
            : OAuthError.InvalidRequest("The parameter response_type is missing.", Refusal.ParameterMissing)),
        // What is off by default is off for every client that is not registered for it.
        new("ResponseTypeIsOffered", "RFC 6749 section 3.1.1", f => f.Request.Type is { } type && (!type.IsFrontChannel || IsRegistered(f)) ? null
            : new OAuthError("unsupported_response_type", "This response_type is not supported.", Refusal.ResponseTypeUnsupported)),
        new("ResponseTypeIsAllowed", "RFC 6749 section 4.1.2.1", f => IsRegistered(f)
            && (!f.Request.Type!.Code || f.Client.GrantTypes.Contains(AuthorizationCodeGrant.Name)) && (!f.Request.Type.IsFrontChannel || f.Client.GrantTypes.Contains(ResponseType.ImplicitGrant)) ? null
            : new OAuthError("unauthorized_client", "The client may not use this response_type.", Refusal.ResponseTypeNotAllowed)),
        new("TokensOfTheBrowserAreBearer", "RFC 9449 section 5", f => !f.Request.Type!.Token || !(f.Client.DpopBoundAccessTokens || f.Client.CertificateBoundAccessTokens) ? null
            : new OAuthError("unauthorized_client", "The client's access tokens are bound to a key, which this response_type cannot do.", Refusal.ResponseTypeNotAllowed)),
        new("TokensStandInNoQuery", "OAuth 2.0 Multiple Response Type Encoding Practices section 5", f => !f.Request.Type!.IsFrontChannel || f.Request.ResponseMode is not ("query" or "query.jwt") ? null
            : OAuthError.InvalidRequest("This response_type is not answered in a query.", Refusal.ResponseModeUnsupported)),
        new("IdTokenIsOfOpenIdConnect", "OpenID Connect Core section 3.2.2.1", f => !f.Request.Type!.IdToken || f.Request.IsOpenId ? null
            : OAuthError.InvalidRequest("An id_token needs the scope openid.", Refusal.ScopeInvalid)),
        new("NonceIsSent", "OpenID Connect Core sections 3.2.2.1 and 3.3.2.1", f => !f.Request.Type!.IdToken || f.Request.Nonce is not null ? null
            : OAuthError.InvalidRequest("An id_token in the response needs a nonce.", Refusal.ParameterMissing)),
        new("PromptNoneStandsAlone", "OpenID Connect Core section 3.1.2.1", f => !f.Request.IsSilent || f.Request.Prompts.Count == 1 ? null
            : OAuthError.InvalidRequest("prompt=none excludes other prompt values.", Refusal.ParameterInvalid)),
        new("CreateIsOffered", "Initiating User Registration via OpenID Connect section 4.1", f => !f.Request.Prompts.Contains("create") || !f.Demands.RefusesCreate ? null
            : OAuthError.InvalidRequest("prompt=create is not offered.", Refusal.CreateNotOffered)),
        new("MaxAgeIsANumber", "OpenID Connect Core section 3.1.2.1", f => f.Request.Parameters["max_age"] is null || f.Request.MaxAge is not null ? null
            : OAuthError.InvalidRequest("max_age is not a number of seconds.", Refusal.ParameterInvalid)),
        new("ClaimsIsAJsonObject", "OpenID Connect Core section 5.5", f => f.Request.Claims is not null ? null
            : OAuthError.InvalidRequest("claims is not a JSON object of the defined form.", Refusal.ParameterInvalid)),
        new("ChallengeIsSent", "RFC 7636 section 4.4.1", f => !f.Request.Type!.Code
            || f.Request.Parameters["code_challenge"] is not null || (!f.Client.IsPublic && !f.Client.RequirePkce && f.Request.Parameters["code_challenge_method"] is null) ? null
            : OAuthError.InvalidRequest("A code_challenge with method S256 is required.", Refusal.PkceRequired)),
        new("ChallengeMethodIsS256", "RFC 7636 section 4.2", f => f.Request.Parameters["code_challenge"] is null || f.Request.Parameters["code_challenge_method"] == Pkce.Method ? null
            : OAuthError.InvalidRequest("The code_challenge_method must be S256.", Refusal.PkceMethodUnsupported)),
        new("ChallengeIsWellFormed", "RFC 7636 section 4.2", f => f.Request.Parameters["code_challenge"] is not { } challenge || Pkce.IsChallenge(challenge) ? null
            : OAuthError.InvalidRequest("The code_challenge is not base64url of a SHA-256.", Refusal.PkceMethodUnsupported)),
        new("DpopKeyIsAThumbprint", "RFC 9449 section 10", f => f.Request.DpopKey is null || Jose.Confirmation.IsThumbprint(f.Request.DpopKey) ? null
            : OAuthError.InvalidRequest("The dpop_jkt is not base64url of a SHA-256.", Refusal.ParameterInvalid)),
        new("ScopeIsWellFormed", "RFC 6749 section 3.3", f => f.Request.Scopes is not { Count: 0 } ? null
            : OAuthError.InvalidScope("The scope is not a list of scope values with single spaces.", Refusal.ScopeInvalid)),
        new("ScopeIsKnown", "RFC 6749 section 4.1.2.1", f => f.Request.Scopes is null || Grantable(f).Count > 0 ? null
            : OAuthError.InvalidScope("None of the scope values is known and allowed for this client.", Refusal.ScopeInvalid)),
        new("GrantActionFits", "Grant Management section 5.4", f => GrantManagement.ManagedGrant.Judge(f.Request, f.Client, f.Demands)),
        new("DetailsAreOfKnownTypes", "RFC 9396 section 5", f => AuthorizationDetails.Judge(f.Request.Details, f.Client, f.Catalogue)),
        new("ScopeHasADefault", "RFC 6749 section 3.3", f => f.Request.Scopes is not null || f.Request.Details!.Count > 0 || f.Client.Scopes.Count > 0 ? null
            : OAuthError.InvalidScope("The client has no default scope; send scope.", Refusal.ScopeInvalid)),
        new("ResourcesAreAllowed", "RFC 8707 section 2", f => TokenAudience.Check(f.Request.Resources, f.Client, f.Catalogue)),
        new("ScopeIsOfOneResource", "RFC 9068 section 3", f => f.Request.Resources.Count > 0 || TokenAudience.DerivedFrom(Grantable(f), f.Client.Resources, f.Catalogue).Count <= 1 ? null
            : OAuthError.InvalidScope("The scope belongs to several resources; name them with the resource parameter.", Refusal.ScopeAmbiguous)),
    ];

    /// <summary>Judges a request by the table.</summary>
    /// <param name="facts">What the rules look at.</param>
    /// <returns>The first error, or null.</returns>
    public static OAuthError? Judge(AuthorizeFacts facts)
    {
        foreach (AuthorizeRule rule in Table)
        {
            if (rule.Judge(facts) is { } error) return error;
        }
        return null;
    }

    /// <summary>The scope values that can be granted: asked for (or the client's default), known, and allowed for the client; others are left out (OpenID Connect Core section 3.1.2.1).</summary>
    /// <param name="facts">Request, client, catalogue.</param>
    public static IReadOnlyList<string> Grantable(AuthorizeFacts facts)
    {
        // Whoever says in detail what is wanted wants nothing else.
        if (facts.Request is { Scopes: null, Details.Count: > 0 }) return [];
        // Without a scope parameter nothing of OpenID Connect is asked for (section 3.1.2.2).
        IEnumerable<string> asked = facts.Request.Scopes ?? [.. facts.Client.Scopes.Where(s => !Scope.IsOfSignIn(s))];
        return [.. asked.Where(s => facts.Client.Scopes.Contains(s) && facts.Catalogue.Knows(s) && !Scope.IsOfClient(s))];
    }

    private static bool IsRegistered(AuthorizeFacts facts) => facts.Client.ResponseTypes.Any(allowed => ResponseType.IsSame(allowed, facts.Request.Parameters["response_type"]!));
}
