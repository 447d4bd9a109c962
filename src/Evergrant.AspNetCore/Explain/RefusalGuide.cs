using Evergrant.Protocol;

namespace Evergrant.AspNetCore.Explain;

/// <summary>For each refusal: the rule that decided, where it stands, and what to do.</summary>
internal static class RefusalGuide
{
    private const string AuthorizeAgain = "The client must send the End-User through authorization again; retrying is useless.";
    private const string FixTheClient = "Correct the client's request.";
    private const string FixTheRegistration = "Correct the client's registration, or its request.";
    private const string TryAgain = "The client may try again with the same token; nothing was lost.";

    /// <summary>Looks a refusal up.</summary>
    public static (string Rule, string Advice) Of(Refusal refusal) => refusal switch
    {
        Refusal.RequestMalformed or Refusal.ContentTypeWrong or Refusal.RequestTooLarge => ("The request must be a well-formed form or query within the limits (RFC 6749 appendix B).", FixTheClient),
        Refusal.ParameterRepeated => ("A parameter occurs once (RFC 6749 section 3.1).", FixTheClient),
        Refusal.ParameterMissing or Refusal.ParameterInvalid => ("The request needs the parameter in its defined form (RFC 6749 section 4).", FixTheClient),
        Refusal.ClientUnknown => ("The client must be registered at this issuer.", "Compare client_id and the issuer's path with the registration: evergrant client list."),
        Refusal.ClientMissing or Refusal.ClientCredentialsMissing => ("A confidential client authenticates at every request (RFC 6749 section 3.2.1).", FixTheClient),
        Refusal.ClientSecretWrong => ("The secret must be one of those on record. Nothing was consumed by the failed attempt (RFC 6749 section 5.2).", "Give the client its present secret, or make a new one: evergrant client rotate-secret."),
        Refusal.ClientMethodWrong => ("The client uses the authentication method it is registered for (RFC 6749 section 2.3).", FixTheRegistration),
        Refusal.ClientCredentialsAmbiguous => ("One request carries one client credential (RFC 6749 section 2.3).", FixTheClient),
        Refusal.ClientCredentialsInQuery => ("Credentials never stand in a URL (RFC 6749 section 2.3.1).", "Treat the secret as leaked to logs and rotate it; then correct the client."),
        Refusal.ClientAssertionInvalid => ("The assertion is signed by a registered key, names the issuer as its only audience, has iss and sub equal to client_id, and lives for an hour at most (RFC 7523 section 3, RFC 7523bis section 4).", "Compare the client's key with the registered jwks, and its clock with ours."),
        Refusal.ClientAssertionReplayed => ("An assertion counts once (RFC 7523 section 3, jti).", "The client must make a new assertion for each request."),
        Refusal.ClientThrottled => ("After twenty wrong credentials within a minute from one address, further wrong ones there are told to wait (RFC 6749 section 2.3.1).", "Look for a deployment with an old secret, or for somebody guessing."),
        Refusal.GrantTypeNotAllowed or Refusal.ResponseTypeNotAllowed => ("The client uses only what it is registered for (RFC 6749 section 5.2).", FixTheRegistration),
        Refusal.GrantTypeUnsupported or Refusal.ResponseTypeUnsupported or Refusal.ResponseModeUnsupported => ("The server offers what its metadata lists (RFC 8414 section 2).", FixTheClient),
        Refusal.RedirectUriMissing or Refusal.RedirectUriUnregistered => ("Redirect URIs are compared byte for byte; only the port of a loopback URI may vary (RFC 9700 section 2.1).", "Register the URI exactly as the client sends it."),
        Refusal.ScopeInvalid => ("Scope values are known and allowed for the client (RFC 6749 section 3.3).", FixTheRegistration),
        Refusal.ScopeWidened => ("A refresh stays within the granted scope (RFC 6749 section 6; grants.md, row 7).", "Ask for less, or send the End-User through authorization for more."),
        Refusal.ScopeAmbiguous => ("One access token has one meaning for each scope value (RFC 9068 section 3).", "Ask for one resource at a time with the resource parameter."),
        Refusal.ResourceInvalid => ("A resource is an absolute URI that is declared and allowed for the client (RFC 8707 section 2).", FixTheRegistration),
        Refusal.ResourceWidened => ("A token request stays within the granted resources (RFC 8707 section 2.2; grants.md, row 7).", "Name the resource already in the authorization request."),
        Refusal.PkceRequired or Refusal.PkceMethodUnsupported => ("The code flow is protected by PKCE with S256 (RFC 7636, RFC 9700 section 2.1.1).", FixTheClient),
        Refusal.PkceVerifierWrong => ("The verifier's SHA-256 must be the challenge that the code is bound to (RFC 7636 section 4.6).", "Look for a client that mixes up two sign-ins; if there is none, the code was stolen on its way."),
        Refusal.PkceVerifierUnexpected => ("A verifier without a challenge shows that somebody took the challenge out of the authorization request (RFC 9700 section 4.8.2).", "Look for an attack on the authorization request, or a client that mixes up two sign-ins."),
        Refusal.RequestObjectUnsupported or Refusal.RegistrationUnsupported => ("The metadata says that this is not offered (OpenID Connect Core section 3.1.2.6).", FixTheClient),
        Refusal.RequestUriUnknown or Refusal.RequestUriExpired => ("A request_uri is good for one answer and, until the browser comes, for a minute (RFC 9126 section 4).", "The client must push the request anew for each End-User who leaves."),
        Refusal.RequestUriOfAnotherClient => ("A request_uri is bound to the client that pushed it (RFC 9126 section 2.2).", "Look for a client that mixes up its ids; if there is none, somebody tries requests of others."),
        Refusal.RequestUriUnregistered or Refusal.RequestUriUnreachable => ("A Request Object is fetched from the addresses that are registered for it, and from no others (RFC 9101 section 10.4.1).", "Compare request_uris of the registration, and look at the server behind them."),
        Refusal.RequestUriPushed => ("A pushed request holds its parameters, no reference to them (RFC 9126 section 2.1).", FixTheClient),
        Refusal.PushRequired => ("The request is pushed first (RFC 9126 section 4).", "Let the client push its requests, or take require_pushed_authorization_requests from its registration or the server's settings."),
        Refusal.RequestObjectInvalid or Refusal.RequestObjectMismatch => ("A Request Object is signed with a key and an algorithm of the client, names this issuer, is within its time, and agrees with what stands beside it (RFC 9101 section 6).", "Compare the client's key with the registered jwks, and its clock with ours."),
        Refusal.RequestObjectReplayed => ("A Request Object with a jti counts once (RFC 9101 section 10.2).", "The client must make a new one for each request."),
        Refusal.RequestObjectRequired => ("The request is signed (RFC 9101 section 10.5).", "Let the client sign its requests, or take require_signed_request_object from its registration or the server's settings."),
        Refusal.LoginRequired or Refusal.ConsentRequired or Refusal.AccountSelectionRequired => ("prompt=none shows no page (OpenID Connect Core section 3.1.2.1).", "The client should ask again without prompt=none."),
        Refusal.ConsentDenied => ("The End-User decides (RFC 6749 section 4.1.2.1).", "Nothing; the client may explain why it asks."),
        Refusal.IdTokenHintInvalid or Refusal.SubjectMismatch => ("The answer is about the End-User whom the request names (OpenID Connect Core section 3.1.2.2).", "The client should ask without the hint, or the End-User sign in as the one it names."),
        Refusal.AcrUnmet => ("An essential acr is met or the request fails (OpenID Connect Core section 5.5.1.1).", "Ask for an acr that the metadata lists."),
        Refusal.TicketInvalid => ("A page is good for an hour in the browser that it was shown in.", "The End-User begins again at the application; if it happens often, look for blocked cookies."),
        Refusal.CodeUnknown => ("The code is one of this issuer's (RFC 6749 section 4.1.3).", AuthorizeAgain),
        Refusal.CodeOfAnotherClient => ("A code is bound to its client (RFC 6749 section 4.1.3). The grant is untouched.", "Look for a client that mixes up its ids; if there is none, the code was stolen."),
        Refusal.CodeExpired => ("A code lives for a minute, or as the policy says (RFC 6749 section 4.1.2).", AuthorizeAgain),
        Refusal.CodeReplayed => ("A code is redeemed once; a second valid redemption revokes what was issued (RFC 6749 section 4.1.2, OAuth 2.1 section 7.5.2).", "Look for a client that sends the token request twice. If there is none, the code was stolen. " + AuthorizeAgain),
        Refusal.RedirectUriMismatch => ("The token request repeats redirect_uri as the authorization request had it (RFC 6749 section 4.1.3).", FixTheClient),
        Refusal.DeviceCodeUnknown => ("The device code is one of this issuer's (RFC 8628 section 3.4).", "The device begins again."),
        Refusal.DeviceCodeOfAnotherClient => ("A device code is bound to its client (RFC 8628 section 3.4). The grant is untouched.", "Look for a client that mixes up its ids; if there is none, the code was stolen."),
        Refusal.DeviceCodeExpired => ("A device code lives for ten minutes, or as the policy says (RFC 8628 section 3.2).", "The device begins again; to give people more time, set device_code_lifetime."),
        Refusal.DeviceCodeReplayed => ("A device code is redeemed once; after its tokens have been used it shows that two hold it.", "Look for a device that was copied. " + AuthorizeAgain),
        Refusal.AuthorizationPending or Refusal.PolledTooFast => ("A device waits between its requests (RFC 8628 section 3.5).", "Nothing; the device asks again."),
        Refusal.UserCodeUnknown or Refusal.UserCodesThrottled => ("A user code is good once, for minutes, and is not to be guessed (RFC 8628 section 5.1).", "The person looks at the device again; many of these from one address are somebody guessing."),
        Refusal.RefreshTokenUnknown => ("grants.md, row 1: the token is not one of ours: truncated, altered, of another issuer, or of a grant that was cleaned up.", AuthorizeAgain),
        Refusal.RefreshTokenOfAnotherClient => ("grants.md, row 2: a refresh token is bound to its client (RFC 6749 section 6). The grant is untouched.", "Look for a client that mixes up its ids; if there is none, the token was stolen."),
        Refusal.GrantRevoked => ("grants.md, row 3: the grant was revoked; the story says by whom.", AuthorizeAgain),
        Refusal.KeyMismatch => ("grants.md, row 4: the grant is bound to a key that the request does not prove (RFC 9449 section 5).", "The client must keep its key as long as its tokens."),
        Refusal.GrantExpired => ("grants.md, row 5: the absolute end of the grant has come.", AuthorizeAgain),
        Refusal.RefreshTokenIdle => ("grants.md, row 5: the refresh token was not used within the idle lifetime (RFC 9700 section 4.14.2).", AuthorizeAgain),
        Refusal.RefreshTokenReplayed => ("grants.md, row 6: a superseded refresh token came back outside the retry rule, so two parties hold the family (RFC 9700 section 4.14.2).", "Look for two processes that share one token, or a restored backup of the client; if there are none, the token was stolen. " + AuthorizeAgain),
        Refusal.StoreLostWrites => ("grants.md, row 10: the token is ahead of the store, which has lost its last writes; the policy does not catch up.", "Find out which writes were lost; to let clients go on, set on_store_behind to catch_up."),
        Refusal.Contended or Refusal.StoreUnavailable => ("The server answers only what is durable (grants.md, invariant I10).", TryAgain),
        Refusal.AccessTokenMissing or Refusal.AccessTokenRepeated or Refusal.AccessTokenInvalid => ("A protected resource takes one good access token (RFC 6750 section 3.1).", "The client should refresh, and try once more."),
        Refusal.ScopeInsufficient => ("UserInfo needs the scope openid (OpenID Connect Core section 5.3).", "Ask for openid in the authorization request, without naming another resource."),
        Refusal.TokenOfAnotherClient => ("Only the client of a token revokes it (RFC 7009 section 2.1).", FixTheClient),
        Refusal.AccountUnknown or Refusal.PasswordWrong or Refusal.PasswordNotSet => ("A sign-in needs a user name and its password; what was wrong of them is told to nobody but you.", "If the person insists, set a new password: evergrant user set-password."),
        Refusal.AccountDisabled => ("A disabled account does not sign in.", "Enable the account if that was not meant."),
        Refusal.AccountLockedOut => ("After several failures an account waits, a little longer each time.", "Wait, or set a new password. If it happens often, somebody guesses."),
        Refusal.AccountUnavailable => ("The account was removed or disabled.", AuthorizeAgain),
        _ => ("An unexpected fault of the server.", "Read the log under the reference; " + TryAgain),
    };
}
