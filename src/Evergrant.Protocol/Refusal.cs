// Longer than a file should be: it is one list, and whoever looks a name up looks here.
namespace Evergrant.Protocol;

/// <summary>Why a request was refused. The same name stands in log, metric, event and test; what each means is generated into docs/refusals.md.</summary>
public enum Refusal
{
    /// <summary>The request is not what its media type says: bad percent-encoding, invalid UTF-8, NUL, or too many parameters. Client: send a well-formed form or query.</summary>
    RequestMalformed,

    /// <summary>The body's media type is not application/x-www-form-urlencoded. Client: set Content-Type.</summary>
    ContentTypeWrong,

    /// <summary>The body or a parameter is longer than the endpoint allows. Client: send less.</summary>
    RequestTooLarge,

    /// <summary>A parameter that may occur once occurs several times (RFC 6749 section 3.1). Client: send it once.</summary>
    ParameterRepeated,

    /// <summary>A parameter that the request needs is absent or empty. Client: send it.</summary>
    ParameterMissing,

    /// <summary>A parameter's value is outside its syntax or range. Client: see the parameter's definition.</summary>
    ParameterInvalid,

    /// <summary>No client with this client_id is registered at this issuer. Operator: register it, or look for a wrong issuer path.</summary>
    ClientUnknown,

    /// <summary>The request names no client. Client: authenticate, or send client_id.</summary>
    ClientMissing,

    /// <summary>A confidential client showed no credentials. Client: authenticate by the registered method.</summary>
    ClientCredentialsMissing,

    /// <summary>The client secret is wrong. Operator: compare or rotate the secret; nothing was consumed.</summary>
    ClientSecretWrong,

    /// <summary>The client secret has ended (client_secret_expires_at). Client: read or update the registration to get a new one, or register again.</summary>
    ClientSecretExpired,

    /// <summary>The client used a method it is not registered for. Operator: change token_endpoint_auth_method, or the client.</summary>
    ClientMethodWrong,

    /// <summary>The request shows two different credentials (RFC 6749 section 2.3). Client: use one.</summary>
    ClientCredentialsAmbiguous,

    /// <summary>Client credentials came in the query string, where logs would keep them (RFC 6749 section 2.3.1). Client: use the header or the body.</summary>
    ClientCredentialsInQuery,

    /// <summary>The client assertion is not a JWT that this client's keys, audience, lifetime and jti rules accept (RFC 7523 section 3). Client: see the log for the rule.</summary>
    ClientAssertionInvalid,

    /// <summary>The client assertion was used before. Client: make a new one with a new jti for each request.</summary>
    ClientAssertionReplayed,

    /// <summary>The client certificate is not the one that is registered for the client, is not issued by a trusted authority, or is out of its time (RFC 8705 section 2). Operator: compare it with the
    /// registration and with the configured authorities.</summary>
    ClientCertificateWrong,

    /// <summary>Too many wrong credentials for this client from this address. Client: wait as Retry-After says.</summary>
    ClientThrottled,

    /// <summary>The client has pushed more authorization requests in a minute than it may. Client: wait as Retry-After says.</summary>
    PushesThrottled,

    /// <summary>The client may not use this grant type. Operator: add it to grant_types.</summary>
    GrantTypeNotAllowed,

    /// <summary>The server does not offer this grant type.</summary>
    GrantTypeUnsupported,

    /// <summary>A grant that the host has added refused the request. Operator: see that grant's own log.</summary>
    ExtensionGrantRefused,

    /// <summary>Nobody is trusted under the iss of the assertion, or not for this use. Operator: declare it under trusted_issuers.</summary>
    AssertionIssuerUntrusted,

    /// <summary>The trusted issuer's declaration does not name this client, or the client proves nothing of itself. Operator: see clients and public_clients of the trusted issuer.</summary>
    AssertionClientNotAllowed,

    /// <summary>The assertion is malformed, of the wrong type, signed by an unknown key or not at all, not yet valid, or valid for longer than the trusted issuer's max_lifetime. Operator: compare keys and clocks.</summary>
    AssertionInvalid,

    /// <summary>The assertion has expired, or is older than the trusted issuer's max_age. Client: get a new one.</summary>
    AssertionExpired,

    /// <summary>The assertion is for somebody else: its aud is not this issuer or its token endpoint alone (RFC 7523bis section 4). Operator: see audiences of the trusted issuer.</summary>
    AssertionAudienceWrong,

    /// <summary>No account that may be used is meant by the assertion's subject. Operator: see subject and subject_claim of the trusted issuer.</summary>
    AssertionSubjectUnknown,

    /// <summary>The token type is none that this server reads or issues (RFC 8693 section 3).</summary>
    TokenTypeUnsupported,

    /// <summary>The subject token is not valid: forged, expired, revoked, not of its declared type, bound to a key that the request does not prove, or of somebody who is not trusted for this.</summary>
    SubjectTokenInvalid,

    /// <summary>No rule lets this client exchange that token. Operator: see token_exchange and cross_domain of the client.</summary>
    SubjectTokenNotExchangeable,

    /// <summary>The actor token is not valid, for the same reasons as a subject token.</summary>
    ActorTokenInvalid,

    /// <summary>The encrypted Request Object cannot be opened: to another key, with other algorithms than registered, changed on its way, or its client registered none. Client: take the key with use enc from the JWK Set.</summary>
    RequestObjectUnopened,

    /// <summary>The client may not manage grants. Operator: grant_management, for confidential clients.</summary>
    GrantManagementNotAllowed,

    /// <summary>grant_management_action is missing where it is demanded, unknown, or does not go with grant_id. Client: create without grant_id, merge and replace with one.</summary>
    GrantActionInvalid,

    /// <summary>No live grant of this client and user has that grant_id. Client: begin with create.</summary>
    GrantIdInvalid,

    /// <summary>The grant is another client's.</summary>
    GrantOfAnotherClient,

    /// <summary>The device secret is not valid: forged, or the grant that it came with has ended, by revocation or with the session. Client: sign in with a page.</summary>
    DeviceSecretInvalid,

    /// <summary>ID Token and device secret do not belong together: another device, session or person. Client: show those that came last, together.</summary>
    DeviceSecretMismatch,

    /// <summary>The clients do not share sign-ins. Operator: give both the same native_sso_group.</summary>
    NativeSsoNotShared,

    /// <summary>The party that acts is not the one that the subject token names in may_act, or the actor token is another client's.</summary>
    ActorNotPermitted,

    /// <summary>Too many have acted for one another already.</summary>
    ActorChainTooLong,

    /// <summary>The audience is none that the client's rule allows. Operator: see audiences in token_exchange.</summary>
    AudienceNotAllowed,

    /// <summary>The user authenticated too long ago for this target, or the token does not say when. Client: have the user authenticate again.</summary>
    AuthenticationTooOld,

    /// <summary>The assertion was used before. Client: get a new one for each request.</summary>
    AssertionReplayed,

    /// <summary>The client may not use this response type. Operator: add it to response_types.</summary>
    ResponseTypeNotAllowed,

    /// <summary>The server does not offer this response type.</summary>
    ResponseTypeUnsupported,

    /// <summary>The server does not offer this response mode.</summary>
    ResponseModeUnsupported,

    /// <summary>The redirect URI is absent though several, or none, are registered (RFC 6749 section 3.1.2.3). Client: send redirect_uri.</summary>
    RedirectUriMissing,

    /// <summary>The redirect URI is none of the registered ones, compared byte for byte (RFC 9700 section 2.1). Operator: register it exactly.</summary>
    RedirectUriUnregistered,

    /// <summary>The scope is not a list of scope values, none of it is known, or the client may have none of it. Client: ask for scopes it is registered for.</summary>
    ScopeInvalid,

    /// <summary>A refresh asked for scope beyond the grant (RFC 6749 section 6). Client: ask for no more than was granted, or authorize again.</summary>
    ScopeWidened,

    /// <summary>The scope values asked for belong to several APIs and no resource says which is meant (RFC 9068 section 3). Client: send resource.</summary>
    ScopeAmbiguous,

    /// <summary>The resource is not an absolute URI without fragment, is not known, or the client may not use it (RFC 8707 section 2).</summary>
    ResourceInvalid,

    /// <summary>A token request asked for a resource beyond the grant (RFC 8707 section 2.2).</summary>
    ResourceWidened,

    /// <summary>The client must send a code_challenge and did not (RFC 7636 section 4.4.1).</summary>
    PkceRequired,

    /// <summary>The code_challenge or its method is not S256 of 43 characters (RFC 7636 section 4.2).</summary>
    PkceMethodUnsupported,

    /// <summary>The code_verifier is absent, malformed, or not that of the challenge (RFC 7636 section 4.6). Client: keep the verifier with the request it belongs to.</summary>
    PkceVerifierWrong,

    /// <summary>A code_verifier came for a code that has no challenge (RFC 9700 section 4.8.2): a downgrade is under way, or the client mixed up two requests.</summary>
    PkceVerifierUnexpected,

    /// <summary>The request or request_uri parameter is not offered.</summary>
    RequestObjectUnsupported,

    /// <summary>The registration parameter is not offered.</summary>
    RegistrationUnsupported,

    /// <summary>prompt=create, and people do not make accounts for themselves here. Operator: set self_registration, or make the account.</summary>
    CreateNotOffered,

    /// <summary>prompt=none, and nobody is signed in, or not freshly enough.</summary>
    LoginRequired,

    /// <summary>prompt=none, and the End-User has not consented to what is asked.</summary>
    ConsentRequired,

    /// <summary>prompt=none, and several accounts are signed in.</summary>
    AccountSelectionRequired,

    /// <summary>The End-User said no.</summary>
    ConsentDenied,

    /// <summary>The id_token_hint is not an ID Token of this issuer.</summary>
    IdTokenHintInvalid,

    /// <summary>A logout request names a client, and brings an ID Token that another client got (OpenID Connect RP-Initiated Logout section 2). Client: send the ID Token that was issued to it.</summary>
    LogoutClientMismatch,

    /// <summary>A logout request wants to lead to an address that is none of the client's post_logout_redirect_uris, compared byte for byte. Operator: register it exactly.</summary>
    PostLogoutRedirectUriUnregistered,

    /// <summary>The End-User who is signed in is not the one whom the request names (OpenID Connect Core section 3.1.2.2).</summary>
    SubjectMismatch,

    /// <summary>The authentication context class asked for as essential cannot be reached (OpenID Connect Core section 5.5.1.1).</summary>
    AcrUnmet,

    /// <summary>The page's ticket is forged, expired, or another browser's. End-User: begin again at the application.</summary>
    TicketInvalid,

    /// <summary>The code is not one of ours, or of another issuer, or its grant is gone.</summary>
    CodeUnknown,

    /// <summary>The code was issued to another client. Its grant stays untouched.</summary>
    CodeOfAnotherClient,

    /// <summary>The code's lifetime is over.</summary>
    CodeExpired,

    /// <summary>The code was redeemed before. If the request is otherwise valid, everything issued from it is revoked (OAuth 2.1 section 7.5.2).</summary>
    CodeReplayed,

    /// <summary>redirect_uri is absent or differs from that of the authorization request (RFC 6749 section 4.1.3).</summary>
    RedirectUriMismatch,

    /// <summary>The device code is not one of ours: truncated, of another issuer, or of a request that was cleaned up. Client: begin again (RFC 8628 section 3.4).</summary>
    DeviceCodeUnknown,

    /// <summary>The device code was issued to another client; nothing was changed. Operator: look for a client that mixes up its ids.</summary>
    DeviceCodeOfAnotherClient,

    /// <summary>The device code's time is over and nobody has answered. Client: begin again.</summary>
    DeviceCodeExpired,

    /// <summary>The device code came back after its tokens had been used; the grant was revoked. Operator: look for a device that sends it from two places.</summary>
    DeviceCodeReplayed,

    /// <summary>The End-User has not answered the device's request yet. Client: ask again after the interval.</summary>
    AuthorizationPending,

    /// <summary>The device asks more often than the interval allows. Client: wait five seconds longer from now on.</summary>
    PolledTooFast,

    /// <summary>No device waits under this user code: mistyped, used, or too old. End-User: look at the device again.</summary>
    UserCodeUnknown,

    /// <summary>Too many wrong user codes from this address. End-User: wait.</summary>
    UserCodesThrottled,

    /// <summary>The request_uri was used already, has been gone for an hour, or was never issued here. Client: push the request again.</summary>
    RequestUriUnknown,

    /// <summary>The request_uri was issued to another client; nothing was used up. Operator: look for a client that mixes up its ids.</summary>
    RequestUriOfAnotherClient,

    /// <summary>The browser came with the request_uri after its time. Client: push the request at the moment the End-User leaves.</summary>
    RequestUriExpired,

    /// <summary>The request_uri leads to a server of the client, but is not registered. Operator: add it to request_uris.</summary>
    RequestUriUnregistered,

    /// <summary>Nothing that is a Request Object could be fetched from the registered request_uri. Client: look at the server behind it; operator: the log has the cause.</summary>
    RequestUriUnreachable,

    /// <summary>authorization_details is malformed, too large, or has members that its type does not have (RFC 9396 section 5). Client: see the type's definition.</summary>
    DetailsInvalid,

    /// <summary>A type of authorization_details is declared by no resource, or not allowed for the client. Operator: see authorization_details_types.</summary>
    DetailsTypeUnknown,

    /// <summary>A token request asks for more authorization_details than were granted (RFC 9396 section 6). Nothing was consumed. Client: ask for less, or authorize again.</summary>
    DetailsWidened,

    /// <summary>A pushed request holds a request_uri (RFC 9126 section 2.1). Client: push the parameters themselves.</summary>
    RequestUriPushed,

    /// <summary>The client, or the server, takes only requests that were pushed (RFC 9126 section 4). Client: push the request first.</summary>
    PushRequired,

    /// <summary>The Request Object is not a JWT that this client's keys, algorithm, audience and time allow (RFC 9101 section 6). Client: compare key, alg, aud and clock.</summary>
    RequestObjectInvalid,

    /// <summary>client_id or response_type in the Request Object differ from those beside it (RFC 9101 section 6.3). Client: send the same.</summary>
    RequestObjectMismatch,

    /// <summary>The Request Object's jti was used before. Client: make a new one for each request.</summary>
    RequestObjectReplayed,

    /// <summary>The client, or the server, takes only signed Request Objects (RFC 9101 section 10.5). Client: sign the request.</summary>
    RequestObjectRequired,

    /// <summary>The auth_req_id is not one of ours, or no request waits under this id for this person. Client: begin again (CIBA Core section 11).</summary>
    AuthRequestUnknown,

    /// <summary>The auth_req_id was issued to another client; nothing was changed. Operator: look for a client that mixes up its ids.</summary>
    AuthRequestOfAnotherClient,

    /// <summary>The auth_req_id's time is over and nobody has answered. Client: begin again.</summary>
    AuthRequestExpired,

    /// <summary>The auth_req_id was redeemed before; the grant was revoked (CIBA Core section 10.1.1). Operator: look for a client that sends it twice.</summary>
    AuthRequestReplayed,

    /// <summary>A request over the back channel has no hint or several (CIBA Core section 7.1). Client: send exactly one.</summary>
    LoginHintAmbiguous,

    /// <summary>The hint of a request over the back channel names nobody, or somebody who cannot be asked. Client: ask the person for their name.</summary>
    HintedUserUnknown,

    /// <summary>The login_hint_token has expired, or is not a JWT that the client has signed for this issuer.</summary>
    LoginHintTokenInvalid,

    /// <summary>The binding_message is too long, or has characters that not every device can show. Client: send a few letters and digits.</summary>
    BindingMessageInvalid,

    /// <summary>The refresh token is not one of ours, or of another issuer, or its grant is gone.</summary>
    RefreshTokenUnknown,

    /// <summary>The refresh token was issued to another client. Its grant stays untouched.</summary>
    RefreshTokenOfAnotherClient,

    /// <summary>The grant was revoked; the story tells by whom. Client: authorize again.</summary>
    GrantRevoked,

    /// <summary>The proof of possession is missing or of another key.</summary>
    KeyMismatch,

    /// <summary>The client is registered for certificate-bound access tokens and showed no certificate (RFC 8705 section 3.4). Client: connect with the certificate, to mtls_endpoint_aliases where there are any.</summary>
    CertificateMissing,

    /// <summary>Something that is bound to a key came without a DPoP proof, or the client has to send one with every request (RFC 9449 section 5.2). Client: send the DPoP header.</summary>
    DpopProofMissing,

    /// <summary>The DPoP header is not one proof for this request (RFC 9449 section 4.3). Client: see the log for the rule; compare htu with the issuer's address, and the clocks.</summary>
    DpopProofInvalid,

    /// <summary>The DPoP proof was used before (RFC 9449 section 11.1). Client: make a new one with a new jti for each request.</summary>
    DpopProofReplayed,

    /// <summary>The DPoP proof has no nonce of the server's, or an old one (RFC 9449 section 8). Client: repeat the request with the nonce of the DPoP-Nonce header.</summary>
    DpopNonceNeeded,

    /// <summary>The absolute end of the grant has come. Client: authorize again.</summary>
    GrantExpired,

    /// <summary>The refresh token was not used for longer than the idle lifetime. Client: authorize again.</summary>
    RefreshTokenIdle,

    /// <summary>A superseded refresh token came back outside the retry rule: two parties hold the family (RFC 9700 section 4.14.2). By policy the grant was revoked.</summary>
    RefreshTokenReplayed,

    /// <summary>The policy's limit of live authorizations or access tokens is reached. Nothing was consumed. Client: end one that is not needed, or wait until one ends.</summary>
    LimitReached,

    /// <summary>The user has authorized the client more often than the policy allows within its time. Nothing was consumed. Client: keep the tokens you get; wait.</summary>
    IssueRateExceeded,

    /// <summary>The refresh token is ahead of the store, which has lost its last writes, and the policy does not catch up. Nothing is revoked. Operator: see the recovery guide.</summary>
    StoreLostWrites,

    /// <summary>The world moved more often than the server decides again for one request. Client: try again.</summary>
    Contended,

    /// <summary>The store could not be asked, or it is not known whether the change is durable. Client: try again; nothing is lost.</summary>
    StoreUnavailable,

    /// <summary>The access token is absent.</summary>
    AccessTokenMissing,

    /// <summary>The access token came in more than one way (RFC 6750 section 2).</summary>
    AccessTokenRepeated,

    /// <summary>The access token is malformed, expired, revoked, or not for this endpoint.</summary>
    AccessTokenInvalid,

    /// <summary>An access token that is bound to a key was shown as a bearer token (RFC 9449 section 7.2). Client: use the scheme DPoP and a proof; otherwise somebody has stolen the token.</summary>
    AccessTokenDowngraded,

    /// <summary>The access token's scope does not suffice.</summary>
    ScopeInsufficient,

    /// <summary>The token belongs to another client, which alone may revoke it (RFC 7009 section 2.1).</summary>
    TokenOfAnotherClient,

    /// <summary>The account is gone or disabled.</summary>
    AccountUnavailable,

    /// <summary>A sign-in named an account that does not exist. The person was told the same as for a wrong password.</summary>
    AccountUnknown,

    /// <summary>A sign-in with a wrong password.</summary>
    PasswordWrong,

    /// <summary>A sign-in to an account that has no password.</summary>
    PasswordNotSet,

    /// <summary>A password was not checked: too many failed attempts from this address, or more people sign in than there are cores. Client: wait.</summary>
    PasswordThrottled,

    /// <summary>A sign-in to an account that is disabled.</summary>
    AccountDisabled,

    /// <summary>A sign-in to an account that waits after too many failures. Operator: it ends by itself; a password that was set anew ends it at once.</summary>
    AccountLockedOut,

    /// <summary>A registration came without an initial access token, which this server asks for, or with one that is unknown, used up or expired (RFC 7591 section 3). Operator: evergrant registration token.</summary>
    RegistrationTokenInvalid,

    /// <summary>The registration access token is absent, or not that of the client (RFC 7592 section 2).</summary>
    RegistrationAccessTokenInvalid,

    /// <summary>The server does not let clients do this with their registration (RFC 7592 section 2.1). Operator: registration.management.</summary>
    RegistrationManagementOff,

    /// <summary>A member of the client metadata has a value that cannot be used. Client: the description names it.</summary>
    RegistrationInvalid,

    /// <summary>A redirect URI cannot be registered (RFC 7591 section 5).</summary>
    RegistrationRedirectUri,

    /// <summary>The client asks for grant types or scope values that clients which register themselves may not have. Operator: registration.grant_types, scopes, resources, or an initial access token with more.</summary>
    RegistrationNotAllowed,

    /// <summary>Too many clients have registered themselves, from this address or altogether. Client: wait, and keep the registration you have.</summary>
    RegistrationThrottled,

    /// <summary>The software statement is not a JWT that its issuer has signed (RFC 7591 section 2.3).</summary>
    SoftwareStatementInvalid,

    /// <summary>The software statement is of an issuer that is not trusted here, or none came though one is needed. Operator: registration.software_statements.</summary>
    SoftwareStatementUnapproved,

    /// <summary>The sector_identifier_uri could not be fetched, or does not name all redirect URIs (OpenID Connect Registration section 5).</summary>
    SectorDocumentInvalid,

    /// <summary>An error was not redirected, because nobody has vouched for the client and the user has never allowed it anything (RFC 9700 section 4.11.2).</summary>
    RedirectUntrusted,

    /// <summary>The client_id is a URL that cannot name a client (draft-ietf-oauth-client-id-metadata-document section 3), or its host is not among those that are allowed.</summary>
    ClientDocumentNotAllowed,

    /// <summary>The metadata document of the client could not be fetched. Operator: the log says why; docs/operations/outbound.md.</summary>
    ClientDocumentUnreachable,

    /// <summary>The metadata document of the client is not one that can be used: another client_id in it, a secret, a member of a wrong value. Client: correct the document.</summary>
    ClientDocumentInvalid,

    /// <summary>Something failed that should not have; the log has the exception under the reference.</summary>
    ServerFault,

    /// <summary>A form of our pages was posted from another site (Sec-Fetch-Site, Origin). End-User: nothing was done; begin again at the application.</summary>
    FormFromElsewhere,
}
